#pragma once
// Ratios are compared in integers: a machine's floating point decides nothing.

#include "quern/base/wide.hpp"

#include <compare>
#include <cstdint>

namespace quern {

/// numerator / denominator against a threshold in millionths. 0 / 0 is equal to any threshold, so that no rule fails on it.
constexpr std::strong_ordering compare_ratio(std::uint64_t numerator, std::uint64_t denominator, std::uint64_t threshold_ppm) noexcept {
  return Uint128{numerator} * 1'000'000 <=> Uint128{denominator} * threshold_ppm;
}

/// The largest part of `whole` that is not above a threshold in millionths.
constexpr std::uint64_t largest_part(std::uint64_t whole, std::uint64_t threshold_ppm) noexcept {
  const Uint128 part = Uint128{whole} * threshold_ppm / 1'000'000;
  return part > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(part);
}

}  // namespace quern
