#pragma once
// Numbers drawn for a text: the same wherever and whenever they are drawn (docs/formats/dataset.md).

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"

#include <cstdint>

namespace quern {

/// What a number is drawn for: numbers for one purpose say nothing of those for another.
enum class Purpose : std::uint64_t { order = 1, validation = 2, repeat = 3 };

/// The n-th number for a text, evenly spread over 64 bits.
constexpr std::uint64_t draw(std::uint64_t seed, Purpose purpose, const Hash128& text_hash, std::uint64_t n = 0) noexcept {
  const std::uint64_t start = mix64(mix64(seed + 0x9e3779b97f4a7c15u) + static_cast<std::uint64_t>(purpose));
  return mix64(mix64(mix64(start + text_hash.high) + text_hash.low) + n);
}

/// Whether a number that was drawn falls into a part `numerator` / `denominator` of all.
constexpr bool falls_in(std::uint64_t drawn, std::uint64_t numerator, std::uint64_t denominator) noexcept {
  return drawn < (static_cast<Uint128>(numerator) << 64) / denominator;
}

}  // namespace quern
