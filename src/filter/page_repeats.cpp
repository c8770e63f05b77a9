#include "quern/filter/page_repeats.hpp"

#include "part_counter.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"

#include <cstring>

namespace quern {

namespace {

bool is_blank(std::string_view line) noexcept {
  for (std::size_t at = 0; at < line.size();) {
    const tokens::Character c = tokens::character_at(line, at);
    if ((c.classes & kTokenSpace) == 0) return false;
    at = c.end;
  }
  return true;
}

std::size_t find_newline(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return text.size();
  const void* place = std::memchr(text.data() + at, '\n', text.size() - at);
  return place == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(place) - text.data());
}

struct Parts {
  PartCounter lines, paragraphs;
  std::uint64_t empty_paragraphs = 0;
  std::uint64_t blank_line_chars = 0;
  std::uint64_t line_seams = 0;  ///< LF
  std::uint64_t pairs = 0;       ///< of LF, that part paragraphs

  void find(std::string_view text) {
    lines.start(text), paragraphs.start(text);
    empty_paragraphs = line_seams = blank_line_chars = pairs = 0;
    std::size_t begin = 0, paragraph = 0;
    bool pair_begun = false;  // the LF before is not the second of a pair
    while (true) {
      const std::size_t end = find_newline(text, begin);
      if (end == begin && pair_begun && end < text.size()) {
        add_paragraph(paragraph, end - 1);
        paragraph = end + 1;
        ++pairs;
        pair_begun = false;
      } else {
        pair_begun = true;
      }
      add_line(text, begin, end);
      if (end == text.size()) break;
      ++line_seams;
      begin = end + 1;
    }
    add_paragraph(paragraph, text.size());
  }

 private:
  void add_line(std::string_view text, std::size_t begin, std::size_t end) {
    if (begin == end) return;
    const std::string_view line = text.substr(begin, end - begin);
    if (is_blank(line)) blank_line_chars += count_code_points(line);
    else lines.add(begin, end);
  }
  void add_paragraph(std::size_t begin, std::size_t end) {
    empty_paragraphs += begin == end;
    paragraphs.add(begin, end);
  }
};

}  // namespace

PageRepeats count_page_repeats(std::string_view text) {
  thread_local Parts parts;
  parts.find(text);
  const std::uint64_t chars = count_code_points(text);
  PageRepeats repeats;
  const auto bound_lines = parts.lines.count_at_most();
  repeats.lines = bound_lines.all;
  repeats.line_chars = chars - parts.line_seams - parts.blank_line_chars;
  if (bound_lines.duplicates != 0) {
    const auto exact = parts.lines.count();
    repeats.duplicate_lines = exact.duplicates;
    repeats.duplicate_line_chars = exact.duplicate_chars;
  }
  const auto bound_paragraphs = parts.paragraphs.count_at_most();
  const std::uint64_t empty_again = parts.empty_paragraphs > 1 ? parts.empty_paragraphs - 1 : 0;
  repeats.paragraphs = text.empty() ? 0 : bound_paragraphs.all + parts.empty_paragraphs;
  repeats.paragraph_chars = chars - 2 * parts.pairs;
  repeats.duplicate_paragraphs = empty_again;
  if (bound_paragraphs.duplicates != 0) {
    const auto exact = parts.paragraphs.count();
    repeats.duplicate_paragraphs += exact.duplicates;
    repeats.duplicate_paragraph_chars = exact.duplicate_chars;
  }
  constexpr std::size_t kKept = std::size_t{1} << 20;
  parts.lines.shrink(kKept), parts.paragraphs.shrink(kKept);
  return repeats;
}

}  // namespace quern
