#pragma once
// Which two tokens merge, and how early: an open table of 8-byte entries, left id (20 bits), right id (20), rank (24).

#include "quern/base/hash.hpp"
#include "tokenize/huge_array.hpp"

#include <bit>
#include <cstdint>

namespace quern {

inline constexpr std::uint32_t kMaxTokenId = (1u << 20) - 2;
inline constexpr std::uint32_t kNoRank = (1u << 24) - 1;  ///< greater than every rank

class PairTable {
 public:
  PairTable() = default;
  /// For up to `pairs` entries: at most half full, so that the many look-ups that find nothing end soon.
  explicit PairTable(std::size_t pairs) : entries_(std::bit_ceil(pairs * 2 + 2)), shift_(64 - std::countr_zero(entries_.size())) {}

  /// Rank of the pair, or kNoRank. The table has an empty place, so every search ends.
  std::uint32_t rank(std::uint32_t left, std::uint32_t right) const noexcept {
    const std::uint64_t key = key_of(left, right);
    for (std::size_t at = home(key);; at = (at + 1) & (entries_.size() - 1)) {
      // Entries hold their complement, so that zeroed memory is empty: no pair is of two ids of all ones.
      const std::uint64_t entry = ~entries_[at];
      if (entry >> 24 == key) return static_cast<std::uint32_t>(entry & kNoRank);
      if (entry == ~std::uint64_t{0}) return kNoRank;
    }
  }

  /// Sets the rank of a pair, whether it is there or not.
  void set(std::uint32_t left, std::uint32_t right, std::uint32_t rank) noexcept {
    const std::uint64_t key = key_of(left, right);
    std::size_t at = home(key);
    while (entries_[at] != 0 && ~entries_[at] >> 24 != key) at = (at + 1) & (entries_.size() - 1);
    entries_[at] = ~(key << 24 | rank);
  }

 private:
  static std::uint64_t key_of(std::uint32_t left, std::uint32_t right) noexcept { return std::uint64_t{left} << 20 | right; }
  std::size_t home(std::uint64_t key) const noexcept {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> shift_);
  }

  HugeArray<std::uint64_t> entries_;
  int shift_ = 0;
};

}  // namespace quern
