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
  return chosen_;
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

bool Chooser::is_boilerplate(std::uint32_t e) const {
  const Element& element = page_->elements[e];
  if (element.hidden) return true;
  if (element.tag == Tag::nav || element.tag == Tag::footer || element.tag == Tag::aside || element.tag == Tag::menu) return true;
  if (!(element.marks & kNegative) || (element.marks & (kBodyItemMark | kBodyMark))) return false;
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
    for (std::uint64_t level = 0; at != 0 && level < 6; ++level) {
      scores_[at] += level <= 1 ? points : points * (10 - level) / 10;
      at = page_->elements[at].parent;
    }
  }
  std::uint32_t best = 0;
  std::uint64_t best_score = 0;
  for (std::uint32_t e = 1; e < scores_.size(); ++e) {
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

std::uint32_t Chooser::widen(std::uint32_t best) const {
  return best;
}

bool Chooser::is_noise(std::uint32_t e, std::uint32_t root) const {
  const Element& element = page_->elements[e];
  if (left_out_[e]) return true;
  const Sums own = sums(element), all = sums(page_->elements[root]);
  constexpr Marks kInner = kNegative | kBylineMark | kCaptionMark;
  if ((element.marks & kInner) && own.prose * 2 < all.prose) return true;
  if (element.tag == Tag::form || element.tag == Tag::fieldset || element.tag == Tag::figure) return own.prose * 2 < all.prose;
  return own.letters > 0 && own.link_letters * 3 > own.letters * 2 && element.tag != Tag::p;
}

void Chooser::take_from(std::uint32_t root) {
  std::vector<bool> noise(page_->elements.size(), false);
  const Element& top = page_->elements[root];
  for (std::uint32_t e = root + 1; e < top.end; ++e) noise[e] = noise[page_->elements[e].parent] || is_noise(e, root);
  for (std::uint32_t b = top.first_block; b < top.end_block; ++b) chosen_[b] = !noise[page_->blocks[b].element];
}

}  // namespace quern
