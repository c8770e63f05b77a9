#pragma once
// From bit masks to the places of their bits.

#include "quern/base/kernel.hpp"

#include <cstddef>
#include <cstdint>

namespace quern {

/// Elements that a list of places must have room for behind its last one: a block's and what is written too much.
inline constexpr std::size_t kPlacesRoom = 64 + 16;

/// Writes base + i to `to` for each bit i of `bits`, ascending, and maybe more behind them. Returns how many bits there are.
using PutPlaces = std::size_t (*)(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept;

/// The implementation for a kernel that this machine can run.
PutPlaces put_places(Kernel kernel) noexcept;

std::size_t put_places_plain(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept;
#if defined(__x86_64__)
std::size_t put_places_avx512(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept;
#endif

}  // namespace quern
