#include "bit_places.hpp"

#include <bit>

namespace quern {

// Eight at a time, needed or not: how many there are cannot be foretold.
std::size_t put_places_plain(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept {
  const auto places = static_cast<std::size_t>(std::popcount(bits));
  do {
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i, bits &= bits - 1) {
      *to++ = base + static_cast<std::uint32_t>(std::countr_zero(bits | std::uint64_t{1} << 63));  // so that zero is no case of its own
    }
  } while (bits != 0);
  return places;
}

PutPlaces put_places([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return put_places_avx512;
#endif
  return put_places_plain;
}

}  // namespace quern
