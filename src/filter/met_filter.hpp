#pragma once
// Which of many hashes came before, at a few bits for each.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

/// A Bloom filter of two bits in one word of 64 (Putze, Sanders, Singler 2007): of a hash that came before it always says so, of one in
/// some hundred others too. Its upper 32 bits must be well mixed.
class MetFilter {
 public:
  /// Forgets everything, and has room for `hashes`: about 16 bits for each, however many there are.
  void start(std::size_t hashes) {
    const unsigned bits = static_cast<unsigned>(std::bit_width(std::max<std::size_t>(hashes, 16) / 4));
    words_.assign(std::size_t{1} << bits, 0);
    shift_ = 64 - bits;
  }
  /// Whether it may have come before; from now on it has.
  bool meet(std::uint64_t hash) noexcept {
    std::uint64_t& word = words_[hash >> shift_];
    const std::uint64_t bits = bits_of(hash);
    const bool met = (word & bits) == bits;
    word |= bits;
    return met;
  }
  bool has_met(std::uint64_t hash) const noexcept {
    const std::uint64_t bits = bits_of(hash);
    return (words_[hash >> shift_] & bits) == bits;
  }
  void shrink(std::size_t most_words) {
    if (words_.size() > most_words) words_ = {};
  }

 private:
  // From below those that tell the word, unless there are millions.
  static std::uint64_t bits_of(std::uint64_t hash) noexcept {
    return std::uint64_t{1} << (hash >> 32 & 63) | std::uint64_t{1} << (hash >> 26 & 63);
  }

  std::vector<std::uint64_t> words_;
  unsigned shift_ = 63;
};

}  // namespace quern
