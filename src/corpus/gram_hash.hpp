#pragma once
// Hashes of runs of words.

#include "quern/base/hash.hpp"

#include <cstdint>
#include <span>

namespace quern {

/// A run w_0 ... w_k of word hashes rolls as the sum of w_i * kRoll^(k-i), modulo 2^64: a word more is one multiplication.
inline constexpr std::uint64_t kRoll = 0x9e3779b97f4a7c15u;

/// kRoll^n: what the word that leaves a window of n has been multiplied by.
constexpr std::uint64_t roll_power(std::uint32_t n) noexcept {
  std::uint64_t power = 1;
  for (; n > 0; --n) power *= kRoll;
  return power;
}

inline std::uint64_t rolled(std::span<const std::uint64_t> words) noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : words) sum = sum * kRoll + word;
  return sum;
}

/// Where a run is looked up; runs of other lengths lie elsewhere. Odd: 0 is no slot.
inline std::uint64_t gram_slot(std::uint64_t rolling, std::uint32_t words) noexcept { return mix64(rolling + words) | 1; }

/// What tells runs apart.
inline Hash128 gram_key(std::span<const std::uint64_t> words) noexcept { return hash128(as_bytes(words)); }

}  // namespace quern
