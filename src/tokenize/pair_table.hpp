#pragma once
// Which two tokens merge, and how early: an open table of 8-byte entries, left id (20 bits), right id (20), rank (24).
// In merging, two look-ups are on their way at once and whether they find something cannot be foretold: so they do without branches.

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
  /// For up to `pairs` entries: at most half full, so that nearly every look-up is of one bucket, found or not.
  explicit PairTable(std::size_t pairs) : buckets_(std::bit_ceil(pairs / 2 + 1)), shift_(64 - std::countr_zero(buckets_.size())) {}

  /// Rank of the pair, or kNoRank. The table has an empty place, so every search ends.
  std::uint32_t rank(std::uint32_t left, std::uint32_t right) const noexcept {
    const std::uint64_t key = key_of(left, right);
    for (std::size_t at = home(key);; at = next(at)) {
      const Bucket& bucket = buckets_[at];
      // Which of the four it is cannot be foretold: a choice is cheaper here than a branch.
      std::uint64_t found = 0;
      for (const std::uint64_t entry : bucket.entries) found = entry >> 24 == key ? entry : found;
      if ((found != 0) | (bucket.entries[kFan - 1] == 0)) return ~static_cast<std::uint32_t>(found) & kNoRank;
    }
  }

  /// Sets the rank of a pair, whether it is there or not.
  void set(std::uint32_t left, std::uint32_t right, std::uint32_t rank) noexcept {
    const std::uint64_t key = key_of(left, right);
    for (std::size_t at = home(key);; at = next(at)) {
      for (std::uint64_t& entry : buckets_[at].entries) {
        if (entry != 0 && entry >> 24 != key) continue;
        entry = key << 24 | (~rank & kNoRank);
        return;
      }
    }
  }

 private:
  static constexpr std::size_t kFan = 4;
  /// Filled from the front. Entries hold the complement of key and rank, so that zeroed memory is empty: no pair is of two ids of all ones.
  struct alignas(32) Bucket {
    std::uint64_t entries[kFan];
  };

  static std::uint64_t key_of(std::uint32_t left, std::uint32_t right) noexcept {
    return (std::uint64_t{left} << 20 | right) ^ ((std::uint64_t{1} << 40) - 1);
  }
  std::size_t home(std::uint64_t key) const noexcept {
    return shift_ == 64 ? 0 : static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> shift_);
  }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (buckets_.size() - 1); }

  HugeArray<Bucket> buckets_;
  int shift_ = 0;
};

}  // namespace quern
