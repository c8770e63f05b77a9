#include "extract/choose.hpp"

#include "extract/marks.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint32_t kProseLetters = 40;    ///< fewer are a caption, a date, a name
constexpr std::uint32_t kFrameParts = 8;       ///< an eighth of the sentences are more than hardly any
constexpr std::uint32_t kScoredLetters = 25;   ///< of a block that says anything about where the article is
constexpr std::uint32_t kMostLetters = 1000;   ///< a longer block counts no more than this
constexpr std::uint32_t kStopPoints = 10;      ///< letters that a comma or full stop is worth
constexpr std::uint32_t kLevels = 8;           ///< elements around a block that it scores for
constexpr std::uint32_t kLevelParts = 10;      ///< each further one gets a tenth less
constexpr std::uint32_t kMostClimb = 4;        ///< from one part of a body to what holds all parts

}  // namespace

std::uint32_t prose_of(const Block& block) {
  const std::uint32_t own = block.letters - block.link_letters;
  return own >= kProseLetters && block.stops > 0 && own > block.link_letters ? own : 0;
}

const std::vector<bool>& Chooser::choose(const Page& page) {
  page_ = &page;
  chosen_.assign(page.blocks.size(), false);
  if (page.blocks.empty()) return chosen_;
  sum_up();
  leave_out();
  score();
  take_from(page.elements[widen(best_element())]);
  if (std::find(chosen_.begin(), chosen_.end(), true) == chosen_.end()) take_what_is_left();
  return chosen_;
}

void Chooser::sum_up() {
  before_.reserve(page_->blocks.size() + 1);
  before_.assign(1, {});
  for (const Block& block : page_->blocks) {
    const Sums& last = before_.back();
    before_.push_back({last.letters + block.letters, last.link_letters + block.link_letters, last.prose + prose_of(block)});
  }
  quotes_before_.reserve(page_->elements.size() + 1);
  quotes_before_.assign(1, 0);
  bodies_before_.reserve(page_->elements.size() + 1);
  bodies_before_.assign(1, 0);
  for (const Element& element : page_->elements) {
    const bool is_body = element.tag == Tag::h1 || (element.marks & (kBodyMark | kBodyItemMark | kMainTagMark));
    quotes_before_.push_back(quotes_before_.back() + (element.tag == Tag::blockquote));
    bodies_before_.push_back(bodies_before_.back() + is_body);
  }
}

Chooser::Sums Chooser::sums(const Element& element) const {
  const Sums &first = before_[element.first_block], &last = before_[element.end_block];
  return {last.letters - first.letters, last.link_letters - first.link_letters, last.prose - first.prose};
}

void Chooser::leave_out() {
  left_out_.assign(page_->elements.size(), false);
  for (std::uint32_t e = 1; e < page_->elements.size(); ++e) {
    left_out_[e] = left_out_[page_->elements[e].parent] || is_boilerplate(e);
  }
}

/// By its tag, or by its name unless that is the name of the page's frame.
bool Chooser::is_boilerplate(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  if (element.hidden) return true;
  if (element.tag == Tag::blockquote) return false;
  if (element.tag == Tag::nav || element.tag == Tag::footer || element.tag == Tag::aside || element.tag == Tag::menu) return true;
  if (!(element.marks & kBoilerplateMarks) || (element.marks & (kBodyItemMark | kBodyMark)) || is_embedded_quote(e)) return false;
  return !is_frame(e);
}

/// It holds half of the page's sentences. Comments may well do that too: they are the page's frame only with a sign of an article in
/// them, or if hardly a sentence lies outside.
bool Chooser::is_frame(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  const std::uint64_t own = sums(element).prose, all = before_.back().prose;
  if (own == 0 || own * 2 < all) return false;
  if (!(element.marks & kCommentMark)) return true;
  return bodies_before_[element.end] > bodies_before_[e + 1] || (all - own) * kFrameParts < all;
}

/// What is shown of a post in a social network: a quotation in an element whose name says `social` and nothing else.
bool Chooser::is_embedded_quote(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  return (element.marks & kBoilerplateMarks) == kShareMark && quotes_before_[element.end] > quotes_before_[e];
}

/// Every block scores for the element it stands in and those around that, less and less.
void Chooser::score() {
  scores_.assign(page_->elements.size(), 0);
  for (const Block& block : page_->blocks) {
    const std::uint32_t own = block.letters - block.link_letters;
    if (left_out_[block.element] || own < kScoredLetters || own < block.link_letters) continue;
    if (has_trait(page_->elements[block.element].tag, kHeadingTag)) continue;
    const std::uint64_t points = std::min(own, kMostLetters) + std::uint64_t{kStopPoints} * block.stops;
    std::uint32_t e = block.element;
    for (std::uint32_t level = 0; level < kLevels; ++level) {
      scores_[e] += points * (level < 2 ? kLevelParts : kLevelParts - level);
      if (e == 0) break;
      e = page_->elements[e].parent;
    }
  }
}

/// The one of most points, which names and tags that tell add to. 0: the whole page.
std::uint32_t Chooser::best_element() const {
  std::uint32_t best = 0;
  std::uint64_t most = 0;
  for (std::uint32_t e = 0; e < scores_.size(); ++e) {
    const Element& element = page_->elements[e];
    std::uint64_t score = scores_[e];
    if (element.marks & kBodyItemMark) score *= 2;
    if (element.marks & kBodyMark) score = score * 3 / 2;
    if (element.tag == Tag::p || element.tag == Tag::pre) score = score * 9 / 10;
    if (score <= most) continue;
    most = score;
    best = e;
  }
  return best;
}

/// Where the article's body comes in several parts of one name, what holds them all.
std::uint32_t Chooser::widen(std::uint32_t best) const {
  const Element& element = page_->elements[best];
  if (!(element.marks & (kBodyMark | kBodyItemMark))) return best;
  const std::uint32_t depth = depth_of(best);
  std::uint32_t root = best;
  for (std::uint32_t e = 1; e < page_->elements.size(); ++e) {
    const Element& other = page_->elements[e];
    if (other.tag != element.tag || other.marks != element.marks || left_out_[e] || sums(other).prose == 0) continue;
    if (depth_of(e) != depth) continue;
    std::uint32_t common = root;
    while (e < common || e >= page_->elements[common].end) common = page_->elements[common].parent;
    if (depth_of(common) + kMostClimb >= depth) root = common;
  }
  return root;
}

std::uint32_t Chooser::depth_of(std::uint32_t e) const {
  std::uint32_t depth = 0;
  for (; e != 0; e = page_->elements[e].parent) ++depth;
  return depth;
}

}  // namespace quern
