#include "extract/choose.hpp"
#include "extract/marks.hpp"

#include <string_view>

namespace quern {

namespace {

constexpr std::uint32_t kTailLetters = 40;  ///< a last line shorter than this, without comma or full stop, is no text

/// What an article's own parts are called that are not its text.
constexpr Marks kInnerMarks = kBoilerplateMarks | kBylineMark | kCaptionMark;

}  // namespace

void Chooser::take_from(const Element& root) {
  const auto first = static_cast<std::uint32_t>(&root - page_->elements.data());
  const Sums all = sums(root);
  noise_.assign(page_->elements.size(), false);
  for (std::uint32_t e = first + 1; e < root.end; ++e) {
    const Element& element = page_->elements[e];
    noise_[e] = noise_[element.parent] || left_out_[e] || is_noise(element, all);
  }
  for (std::uint32_t b = root.first_block; b < root.end_block; ++b) {
    const Block& block = page_->blocks[b];
    chosen_[b] = !noise_[block.element] && !is_link_line(block);
  }
  drop_lead(root);
  drop_tail(root);
  drop_idle_headings(root);
}

/// Of a page without sentences: all that is not boilerplate.
void Chooser::take_what_is_left() {
  for (std::uint32_t b = 0; b < chosen_.size(); ++b) {
    const Block& block = page_->blocks[b];
    chosen_[b] = !left_out_[block.element] && block.link_letters * std::uint64_t{4} < block.letters * std::uint64_t{3};
  }
}

/// By name and tag, unless it holds half of the article's sentences; or because two thirds of it are links.
bool Chooser::is_noise(const Element& element, const Sums& all) const {
  if (element.tag == Tag::blockquote) return false;
  const Sums own = sums(element);
  const bool is_form = element.tag == Tag::form || element.tag == Tag::fieldset || element.tag == Tag::figure;
  const auto e = static_cast<std::uint32_t>(&element - page_->elements.data());
  if ((is_form || (element.marks & kInnerMarks)) && own.prose * 2 < all.prose && !is_embedded_quote(e)) return true;
  return own.link_letters * 3 > own.letters * 2 && element.tag != Tag::p && element.tag != Tag::li;
}

/// A line of its own that is hardly more than a link: "Read more: …".
bool Chooser::is_link_line(const Block& block) const {
  const Tag tag = page_->elements[block.element].tag;
  if (tag == Tag::li || tag == Tag::td || tag == Tag::th || tag == Tag::dd || has_trait(tag, kHeadingTag)) return false;
  return block.link_letters * std::uint64_t{4} >= block.letters * std::uint64_t{3};
}

bool Chooser::is_heading(std::uint32_t b) const { return has_trait(page_->elements[page_->blocks[b].element].tag, kHeadingTag); }

/// Of a list, a table, a quotation or code: content however short it is.
bool Chooser::is_line(std::uint32_t b) const { return page_->elements[page_->blocks[b].element].line != 0; }

/// Whether a heading is the page's title or half of it at least.
bool Chooser::is_title(std::uint32_t b) const {
  const Block& block = page_->blocks[b];
  const std::string_view text = std::string_view(page_->text).substr(block.begin, block.end - block.begin);
  for (const std::string_view title : {std::string_view(page_->title), std::string_view(page_->og_title)}) {
    if (text.size() * 2 >= title.size() && title.find(text) != std::string_view::npos) return true;
  }
  return false;
}

std::uint32_t Chooser::first_prose(const Element& root) const {
  std::uint32_t b = root.first_block;
  while (b < root.end_block && !(chosen_[b] && prose_of(page_->blocks[b]) > 0)) ++b;
  return b;
}

/// What stands before the first sentences up to the page's title, and behind that who wrote it and when.
void Chooser::drop_lead(const Element& root) {
  const std::uint32_t prose = first_prose(root);
  if (prose == root.end_block) return;
  std::uint32_t end = root.first_block;
  for (std::uint32_t b = root.first_block; b < prose; ++b) {
    if (page_->elements[page_->blocks[b].element].tag == Tag::h1 || (is_heading(b) && is_title(b))) end = b + 1;
  }
  if (end == root.first_block) return;
  for (std::uint32_t b = root.first_block; b < end; ++b) chosen_[b] = false;
  for (std::uint32_t b = end; b < prose; ++b) {
    if (!is_heading(b) && !is_line(b)) chosen_[b] = false;
  }
}

/// Short lines and headings behind the last sentences.
void Chooser::drop_tail(const Element& root) {
  for (std::uint32_t b = root.end_block; b-- > root.first_block;) {
    if (!chosen_[b]) continue;
    const Block& block = page_->blocks[b];
    if (is_line(b) || prose_of(block) > 0) return;
    if (!is_heading(b) && (block.letters >= kTailLetters || block.stops > 0)) return;
    chosen_[b] = false;
  }
}

/// A heading whose section was left out.
void Chooser::drop_idle_headings(const Element& root) {
  bool text_follows = false, gap = true;
  for (std::uint32_t b = root.end_block; b-- > root.first_block;) {
    if (!chosen_[b]) {
      gap = true;
    } else if (!is_heading(b)) {
      text_follows = true;
    } else if (!text_follows && gap) {
      chosen_[b] = false;
    } else {
      text_follows = gap = false;
    }
  }
}

}  // namespace quern
