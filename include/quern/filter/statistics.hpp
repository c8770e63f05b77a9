#pragma once
// What the quality rules ask of a text, counted once for all of them.

#include "quern/base/kernel.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace quern {

/// The words of Gopher's stop word rule; the order is that of the bits of TextStatistics::stop_words.
inline constexpr std::array<std::string_view, 8> kStopWords = {"the", "be", "to", "of", "and", "that", "have", "with"};

/// Counts; "Tokens" and "Lines" in docs/filters.md define what is counted.
struct TextStatistics {
  std::uint64_t chars = 0;           ///< code points
  std::uint64_t tokens = 0;          ///< words and pieces of punctuation
  std::uint64_t words = 0;           ///< tokens with a character that is neither punctuation nor a symbol
  std::uint64_t word_chars = 0;      ///< code points in words
  std::uint64_t alpha_tokens = 0;    ///< tokens with a letter
  std::uint64_t hashes = 0;          ///< `#`
  std::uint64_t ellipses = 0;        ///< `...`, not overlapping, and U+2026
  std::uint64_t lines = 0;
  std::uint64_t bullet_lines = 0;    ///< begin, after white space, with U+2022 or `-`
  std::uint64_t ellipsis_lines = 0;  ///< end, before white space, with `...` or U+2026
  std::uint8_t stop_words = 0;       ///< bit i: a token equals kStopWords[i]

  bool operator==(const TextStatistics&) const = default;
};

/// @param text valid UTF-8. Time is linear in its length, memory constant; the same counts with every kernel.
TextStatistics count_statistics(std::string_view text, Kernel kernel = chosen_kernel()) noexcept;

/// The same counts by the definition, token by token: the reference for the faster one.
TextStatistics count_statistics_plainly(std::string_view text) noexcept;

}  // namespace quern
