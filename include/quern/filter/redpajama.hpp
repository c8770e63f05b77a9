#pragma once
// The quality signals of RedPajama-Data v2 that need no model and no list but that of stop words, counted.

#include <array>
#include <cstdint>
#include <string_view>

namespace quern {

/// Counts; "redpajama" in docs/filters.md defines what is counted. Normalized words are without ASCII punctuation and case; raw words
/// are runs of word characters and runs of what is neither that nor white space.
struct RedPajamaCounts {
  static constexpr unsigned kEntropyBits = 24;  ///< fixed-point places of `entropy`

  std::uint64_t chars = 0;
  std::uint64_t lines = 0;
  std::uint64_t curly_brackets = 0;
  std::uint64_t raw_words = 0;
  std::uint64_t upper_case_words = 0;
  std::uint64_t alpha_words = 0;  ///< raw words with a letter of ASCII
  std::uint64_t stop_words = 0;   ///< raw words that are
  std::uint64_t words = 0;        ///< normalized
  std::uint64_t word_chars = 0;
  std::uint64_t different_words = 0;
  std::uint64_t entropy = 0;  ///< of the normalized words, in nats times `words` times 2^kEntropyBits
  std::uint64_t lorem_ipsum = 0;
  std::uint64_t sentences = 0;
  std::array<std::uint64_t, 3> top_chars{};        ///< of the most frequent 2-, 3- and 4-gram, all occurrences; 0: none stands twice
  std::array<std::uint64_t, 6> duplicate_chars{};  ///< in repeated 5- to 10-grams, each character once
  std::uint64_t terminal_lines = 0;
  std::uint64_t bullet_lines = 0;
  std::uint64_t javascript = 0;
  std::uint64_t numbers = 0;  ///< characters of normalized words
  std::uint64_t upper_case = 0;

  bool operator==(const RedPajamaCounts&) const = default;
};

/// @param text valid UTF-8 of less than 4 GiB. Linear time; exact.
RedPajamaCounts count_redpajama(std::string_view text);

/// Natural logarithm of n > 0, times 2^24, within one unit: by integers alone, so the same everywhere.
std::uint64_t fixed_log(std::uint64_t n) noexcept;

}  // namespace quern
