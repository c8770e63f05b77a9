#pragma once
// What the rules of C4, FineWeb and NeMo Curator ask of a page, counted in one walk.

#include "quern/base/kernel.hpp"

#include <cstdint>
#include <string_view>

namespace quern {

/// Counts; "Pages" in docs/filters.md defines what is counted. Words here are runs without white space, characters code points.
struct PageStatistics {
  static constexpr std::uint64_t kMostCommonWords = 100;
  static constexpr std::uint64_t kShortLine = 30;  ///< characters

  std::uint64_t chars = 0;
  std::uint64_t newlines = 0;
  // lines that are not blank
  std::uint64_t lines = 0;
  std::uint64_t ended_lines = 0;     ///< whose last character is a terminal mark
  std::uint64_t short_lines = 0;     ///< of at most kShortLine characters
  std::uint64_t unmarked_lines = 0;  ///< whose last character but white space is none of . ? ! " '
  std::uint64_t ellipsis_lines = 0;
  std::uint64_t bullet_lines = 0;
  std::uint64_t paragraphs = 0;
  std::uint64_t boilerplate_paragraphs = 0;
  std::uint64_t words = 0;
  std::uint64_t word_chars = 0;
  std::uint64_t longest_word = 0;  ///< characters
  std::uint64_t alpha_words = 0;   ///< with a letter
  std::uint64_t symbol_words = 0;
  std::uint64_t common_words = 0;  ///< counted up to kMostCommonWords
  std::uint64_t sentences = 0;
  std::uint64_t digits = 0;
  std::uint64_t url_chars = 0;
  std::uint64_t white_space = 0;
  std::uint64_t brackets = 0;
  std::uint64_t basic_chars = 0;  ///< a-z A-Z 0-9 LF ? ! , .
  std::uint64_t lorem_ipsum = 0;
  std::uint64_t open_braces = 0;

  bool operator==(const PageStatistics&) const = default;
};

/// @param text valid UTF-8. Time is linear in its length; memory constant but for eight bytes for each stock phrase of boilerplate.
PageStatistics count_page(std::string_view text, Kernel kernel = chosen_kernel());

}  // namespace quern
