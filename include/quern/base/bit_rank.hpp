#pragma once
// How many of the bits before a place are set, in one step: from numbers with gaps to dense ones and back to where each lies.

#include <bit>
#include <cstdint>
#include <vector>

namespace quern {

/// A set of numbers below a bound, given once. Two bits for each number below it.
class BitRank {
 public:
  BitRank() = default;

  /// The numbers `numbers[i] - first`, which are ascending and below `bound`.
  template <class Numbers>
  BitRank(const Numbers& numbers, std::uint64_t first, std::uint64_t bound) : bound_(bound), words_(bound / 64 + 1) {
    for (const std::uint64_t number : numbers) words_[(number - first) / 64].bits |= std::uint64_t{1} << (number - first) % 64;
    std::uint64_t before = 0;
    for (Word& word : words_) {
      word.before = before;
      before += static_cast<std::uint64_t>(std::popcount(word.bits));
    }
  }

  bool has(std::uint64_t number) const { return number < bound_ && (words_[number / 64].bits >> number % 64 & 1) != 0; }

  /// How many numbers of the set are less than `number`.
  std::uint64_t count_below(std::uint64_t number) const {
    if (number > bound_) number = bound_;
    const Word& word = words_[number / 64];
    const std::uint64_t below = (std::uint64_t{1} << number % 64) - 1;
    return word.before + static_cast<std::uint64_t>(std::popcount(word.bits & below));
  }

 private:
  struct Word {
    std::uint64_t bits = 0;
    std::uint64_t before = 0;  ///< set bits in the words before
  };

  std::uint64_t bound_ = 0;
  std::vector<Word> words_ = std::vector<Word>(1);
};

}  // namespace quern
