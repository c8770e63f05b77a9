#include "extract/choose.hpp"

#include "extract/marks.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr Marks kNegative = kNavMark | kFooterMark | kSideMark | kCommentMark | kCookieMark | kShareMark | kRelatedMark | kAdMark |
                            kLetterMark | kPopupMark | kHiddenMark | kHeaderMark;

bool is_leaf_tag(Tag tag) { return tag == Tag::p || tag == Tag::pre || has_trait(tag, kHeadingTag); }

std::uint32_t own_letters(const Block& block) { return block.letters - block.link_letters; }

/// Letters of a block that reads like sentences.
std::uint64_t prose_of(const Block& block) {
  const std::uint32_t own = own_letters(block);
  return own >= 40 && block.stops > 0 && own > block.link_letters ? own : 0;
}

}  // namespace

const std::vector<bool>& Chooser::choose(const Page& page) {
  page_ = &page;
  chosen_.assign(page.blocks.size(), false);
  if (page.blocks.empty()) return chosen_;
  sum_up();
  leave_out();
  const std::uint32_t best = best_element();
  take_from(widen(best));
  if (std::find(chosen_.begin(), chosen_.end(), true) == chosen_.end()) take_what_is_left();
  return chosen_;
}

/// Of a page without sentences: all that is not boilerplate.
void Chooser::take_what_is_left() {
  for (std::uint32_t b = 0; b < chosen_.size(); ++b) {
    const Block& block = page_->blocks[b];
    chosen_[b] = !left_out_[block.element] && block.link_letters * 4 < block.letters * 3;
  }
}

void Chooser::sum_up() {
  before_.assign(page_->blocks.size() + 1, {});
  for (std::size_t b = 0; b < page_->blocks.size(); ++b) {
    const Block& block = page_->blocks[b];
    const bool hidden = page_->elements[block.element].hidden;
    Sums sums = before_[b];
    if (!hidden) {
      sums.letters += block.letters;
      sums.link_letters += block.link_letters;
      sums.prose += prose_of(block);
      sums.stops += block.stops;
    }
    before_[b + 1] = sums;
  }
  quotes_before_.assign(1, 0);
  for (const Element& element : page_->elements) quotes_before_.push_back(quotes_before_.back() + (element.tag == Tag::blockquote));
}

Chooser::Sums Chooser::sums(const Element& element) const {
  const Sums &first = before_[element.first_block], &last = before_[element.end_block];
  return {last.letters - first.letters, last.link_letters - first.link_letters, last.prose - first.prose, last.stops - first.stops};
}

void Chooser::leave_out() {
  left_out_.assign(page_->elements.size(), false);
  for (std::uint32_t e = 1; e < page_->elements.size(); ++e) {
    left_out_[e] = left_out_[page_->elements[e].parent] || is_boilerplate(e);
  }
}

/// What is shown of a post in a social network: a quotation in an element whose name says `social`.
bool Chooser::is_embedded_quote(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  return (element.marks & kNegative) == kShareMark && quotes_before_[element.end] > quotes_before_[e];
}

bool Chooser::is_boilerplate(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  if (element.hidden) return true;
  if (element.tag == Tag::blockquote) return false;
  if (element.tag == Tag::nav || element.tag == Tag::footer || element.tag == Tag::aside || element.tag == Tag::menu) return true;
  if (!(element.marks & kNegative) || (element.marks & (kBodyItemMark | kBodyMark))) return false;
  if (is_embedded_quote(e)) return false;
  const Sums own = sums(element), all = before_.back();
  return own.prose * 2 < all.prose || all.prose == 0;
}

std::uint32_t Chooser::best_element() {
  scores_.assign(page_->elements.size(), 0);
  for (const Block& block : page_->blocks) {
    if (left_out_[block.element]) continue;
    const std::uint32_t own = own_letters(block);
    if (own < 25 || own < block.link_letters) continue;
    const Element* element = &page_->elements[block.element];
    if (has_trait(element->tag, kHeadingTag)) continue;
    const std::uint64_t points = 10 * (std::min<std::uint64_t>(own, 1000) + 10 * std::uint64_t{block.stops});
    std::uint32_t at = block.element;
    for (std::uint64_t level = 0; level < 8; ++level) {
      scores_[at] += level <= 1 ? points : points * (10 - level) / 10;
      if (at == 0) break;
      at = page_->elements[at].parent;
    }
  }
  std::uint32_t best = 0;
  std::uint64_t best_score = 0;
  for (std::uint32_t e = 0; e < scores_.size(); ++e) {
    const Element& element = page_->elements[e];
    if (scores_[e] == 0 || left_out_[e]) continue;
    const Sums s = sums(element);
    std::uint64_t score = scores_[e] * (s.letters - s.link_letters) / std::max<std::uint64_t>(s.letters, 1);
    if (element.marks & kBodyItemMark) score *= 2;
    if (element.marks & kBodyMark) score = score * 3 / 2;
    if (is_leaf_tag(element.tag)) score = score * 9 / 10;
    if (score > best_score) {
      best_score = score;
      best = e;
    }
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
    if (other.tag != element.tag || other.marks != element.marks || left_out_[e] || sums(other).prose == 0 || depth_of(e) != depth) continue;
    std::uint32_t common = root, climbed = 0;
    while (e < common || e >= page_->elements[common].end) common = page_->elements[common].parent, ++climbed;
    if (depth_of(common) + 4 >= depth) root = common;
  }
  return root;
}

std::uint32_t Chooser::depth_of(std::uint32_t e) const {
  std::uint32_t depth = 0;
  for (; e != 0; e = page_->elements[e].parent) ++depth;
  return depth;
}

bool Chooser::is_noise(std::uint32_t e, std::uint32_t root) const {
  const Element& element = page_->elements[e];
  if (left_out_[e]) return true;
  if (element.tag == Tag::blockquote) return false;
  const Sums own = sums(element), all = sums(page_->elements[root]);
  constexpr Marks kInner = kNegative | kBylineMark | kCaptionMark;
  if ((element.marks & kInner) && !is_embedded_quote(e) && own.prose * 2 < all.prose) return true;
  if (element.tag == Tag::form || element.tag == Tag::fieldset || element.tag == Tag::figure) return own.prose * 2 < all.prose;
  return own.letters > 0 && own.link_letters * 3 > own.letters * 2 && element.tag != Tag::p && element.tag != Tag::li;
}

void Chooser::take_from(std::uint32_t root) {
  std::vector<bool> noise(page_->elements.size(), false);
  const Element& top = page_->elements[root];
  for (std::uint32_t e = root + 1; e < top.end; ++e) noise[e] = noise[page_->elements[e].parent] || is_noise(e, root);
  for (std::uint32_t b = top.first_block; b < top.end_block; ++b) {
    chosen_[b] = !noise[page_->blocks[b].element] && !is_link_line(page_->blocks[b]);
  }
  drop_lead(top);
  drop_tail(top);
  drop_idle_headings(top);
}

/// A line of its own that is hardly more than a link: "Read more: …".
bool Chooser::is_link_line(const Block& block) const {
  const Tag tag = page_->elements[block.element].tag;
  if (tag == Tag::li || tag == Tag::td || tag == Tag::th || tag == Tag::dd || has_trait(tag, kHeadingTag)) return false;
  return block.link_letters * 4 >= block.letters * 3;
}

bool Chooser::is_heading(std::uint32_t b) const { return has_trait(page_->elements[page_->blocks[b].element].tag, kHeadingTag); }

/// Lines that are content however short they are.
bool Chooser::is_line(std::uint32_t b) const {
  for (std::uint32_t e = page_->blocks[b].element; e != 0; e = page_->elements[e].parent) {
    const Tag tag = page_->elements[e].tag;
    if (tag == Tag::li || tag == Tag::td || tag == Tag::th || tag == Tag::dt || tag == Tag::dd || tag == Tag::pre || tag == Tag::blockquote) return true;
  }
  return false;
}

/// Whether a heading is the page's title or the main part of it.
bool Chooser::is_title(std::uint32_t b) const {
  const Block& block = page_->blocks[b];
  const std::string_view text = std::string_view(page_->text).substr(block.begin, block.end - block.begin);
  for (const std::string_view title : {std::string_view(page_->title), std::string_view(page_->og_title)}) {
    if (text.size() * 2 >= title.size() && title.find(text) != std::string_view::npos) return true;
  }
  return false;
}

/// What stands before the first sentences up to the page's own heading: its title; and behind that who wrote it and when.
void Chooser::drop_lead(const Element& top) {
  std::uint32_t first_prose = top.first_block;
  while (first_prose < top.end_block && !(chosen_[first_prose] && prose_of(page_->blocks[first_prose]) > 0)) ++first_prose;
  if (first_prose == top.end_block) return;
  std::uint32_t end = top.first_block;
  for (std::uint32_t b = top.first_block; b < first_prose; ++b) {
    if (page_->elements[page_->blocks[b].element].tag == Tag::h1 || (is_heading(b) && is_title(b))) end = b + 1;
  }
  if (end == top.first_block) return;
  for (std::uint32_t b = top.first_block; b < end; ++b) chosen_[b] = false;
  for (std::uint32_t b = end; b < first_prose; ++b) {
    if (!is_heading(b) && !is_line(b)) chosen_[b] = false;
  }
}

/// Short lines behind the last sentences.
void Chooser::drop_tail(const Element& top) {
  for (std::uint32_t b = top.end_block; b-- > top.first_block;) {
    if (!chosen_[b]) continue;
    const Block& block = page_->blocks[b];
    if (is_line(b) || prose_of(block) > 0) return;
    if (!is_heading(b) && (block.letters >= 40 || block.stops > 0)) return;
    chosen_[b] = false;
  }
}

/// A heading whose section was left out.
void Chooser::drop_idle_headings(const Element& top) {
  bool has_text = false;
  Tag below = Tag::h6;
  bool gap = true;
  for (std::uint32_t b = top.end_block; b-- > top.first_block;) {
    const Tag tag = page_->elements[page_->blocks[b].element].tag;
    if (!chosen_[b]) {
      gap = true;
      continue;
    }
    if (!has_trait(tag, kHeadingTag)) {
      has_text = true;
      gap = false;
      continue;
    }
    if (!has_text && gap) {
      chosen_[b] = false;
      continue;
    }
    has_text = false;
    gap = false;
    below = tag;
  }
  (void)below;
}

}  // namespace quern
