#pragma once
// What the n-grams of a text can amount to at most, from hashes alone, and which of them have to be looked at to know it.

#include "met_filter.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/token_places.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

/// Equal n-grams have equal hashes, so nothing that repeats slips through; n-grams of equal hash are taken for equal, so bounds may be too
/// high. Lengths are in bytes, which are at least as many as code points.
class GramSieve {
 public:
  static constexpr std::size_t kLeast = RepetitionCounts::kLeastDuplicate;
  static constexpr std::size_t kMostBytes = std::size_t{1} << 30;  ///< of a text for most_top_chars: sums are of 32 bits
  using DuplicateChars = decltype(RepetitionCounts::duplicate_chars);
  using Places = std::vector<std::uint32_t>;

  /// `text` and `tokens` stay where they are until the last question.
  void start(std::string_view text, const TokenPlaces& tokens);

  /// RepetitionCounts::top_chars for n of 2 to 4 is not more. `text` is of less than kMostBytes.
  std::uint64_t most_top_chars(std::size_t n);
  /// RepetitionCounts::duplicate_chars is not more.
  DuplicateChars most_duplicate_chars();

  /// Places, ascending, of n-grams of 2 to 4 that stand `least` times or more, and maybe of others. `least` is a guess: below the
  /// frequency of the most frequent one, mostly.
  struct Frequent {
    Places at;  ///< has room for a place of each token
    std::size_t count = 0;
    std::uint32_t least = 0;
  };
  void find_frequent(std::size_t n, Frequent& frequent);
  /// Writes places, ascending, of all 5-grams that repeat, and maybe of others; returns how many.
  std::size_t find_repeated(Places& at);

  /// Of the n-gram of 2 to 5 that begins with a token.
  template <std::size_t n>
  std::uint64_t hash_of(std::size_t at) const noexcept {
    return hash_words<n>(words_.data() + at);
  }

  void shrink(std::size_t most);

 private:
  // Odd and otherwise arbitrary: the upper halves of sums of products of these with hashes are well mixed (Dietzfelbinger et al. 1997).
  static constexpr std::array<std::uint64_t, kLeast> kFactors = {0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u, 0xBF58476D1CE4E5B9u,
                                                                 0x94D049BB133111EBu, 0xA0761D6478BD642Fu};
  template <std::size_t n>
  static std::uint64_t hash_words(const std::uint32_t* words) noexcept {
    std::uint64_t hash = 0;
#pragma GCC unroll 5
    for (std::size_t i = 0; i < n; ++i) hash += words[i] * kFactors[i];
    return hash;
  }

  std::size_t grams(std::size_t n) const noexcept { return count_ < n ? 0 : count_ - n + 1; }
  template <std::size_t n>
  std::uint64_t heaviest();
  template <std::size_t n>
  std::uint32_t count_by_hash(unsigned bits);
  template <std::size_t n>
  void collect_frequent(Frequent& frequent);
  void find_repeaters();

  const TokenPlaces* tokens_ = nullptr;
  std::size_t count_ = 0;
  Places words_;  ///< hash of each token
  bool repeaters_found_ = false;
  std::size_t repeaters_count_ = 0;
  Places repeaters_;  ///< places of 5-grams that seem to have stood before
  Places sums_;       ///< by hash of an n-gram
  MetFilter met_, again_;
};

}  // namespace quern
