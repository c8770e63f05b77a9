#pragma once
// Tables for membership in a set of ASCII characters by two byte shuffles: rows[low half of a byte] has bit r set if the character with
// the upper half r is in the set. A shuffle gives 0 for bytes that are not ASCII.

#include "quern/text/tokens.hpp"

#include <array>
#include <cstdint>

namespace quern {

template <class In>
constexpr std::array<std::uint8_t, 16> rows_of(In&& in) {
  std::array<std::uint8_t, 16> rows{};
  for (std::uint8_t c = 0; c < 128; ++c) {
    if (in(c)) rows[c % 16] = static_cast<std::uint8_t>(rows[c % 16] | 1 << (c / 16));
  }
  return rows;
}

inline constexpr std::array<std::uint8_t, 16> kRowBit = {1, 2, 4, 8, 16, 32, 64, 128};
inline constexpr auto kSpaceRows = rows_of([](std::uint8_t c) { return (kAsciiTokenClass[c] & kTokenSpace) != 0; });
inline constexpr auto kSymbolRows = rows_of([](std::uint8_t c) { return (kAsciiTokenClass[c] & kTokenSymbol) != 0; });
inline constexpr auto kPeelRows = rows_of([](std::uint8_t c) { return (kAsciiTokenClass[c] & kTokenPeel) != 0; });
inline constexpr auto kJoinRows = rows_of([](std::uint8_t c) { return (kAsciiTokenClass[c] & kTokenJoin) != 0; });

}  // namespace quern
