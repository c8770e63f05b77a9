#pragma once
// Lines and paragraphs that stand in a page more than once, as FineWeb and NeMo Curator count them.

#include <cstdint>
#include <string_view>

namespace quern {

/// Lines that are not blank, by LF, and paragraphs, by pairs of LF (blank ones too); each as it stands, in code points.
struct PageRepeats {
  std::uint64_t lines = 0;
  std::uint64_t line_chars = 0;
  std::uint64_t duplicate_lines = 0;
  std::uint64_t duplicate_line_chars = 0;
  std::uint64_t paragraphs = 0;
  std::uint64_t paragraph_chars = 0;
  std::uint64_t duplicate_paragraphs = 0;
  std::uint64_t duplicate_paragraph_chars = 0;

  bool operator==(const PageRepeats&) const = default;
};

/// @param text valid UTF-8 of less than 4 GiB. Linear time; exact: equal hashes are never taken for equal lines.
PageRepeats count_page_repeats(std::string_view text);

}  // namespace quern
