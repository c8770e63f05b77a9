#pragma once
// The places of the set bits of a mask.

#include <bit>
#include <cstdint>

namespace quern {

/// Appends the places of the set bits, counted from `first`. Writes eight at a time whether they are there or not: a loop over each bit
/// ends at a place the processor cannot foresee. Needs room for 64. Always inlined, for it is compiled for several instruction sets.
[[gnu::always_inline]] inline std::uint32_t* write_set_bits(std::uint64_t bits, std::uint32_t first, std::uint32_t* to) noexcept {
  std::uint32_t* const end = to + __builtin_popcountll(bits);
  while (to < end) {
    for (int i = 0; i < 8; ++i, bits &= bits - 1) to[i] = first + static_cast<std::uint32_t>(std::countr_zero(bits));
    to += 8;
  }
  return end;
}

}  // namespace quern
