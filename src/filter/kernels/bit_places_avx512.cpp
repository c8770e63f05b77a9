#if defined(__x86_64__)

#include "bit_places.hpp"

#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v4")

namespace quern {

// Sixteen numbers at a time, of which those with a bit are moved together. In a register: compressing into memory is slow on some machines.
std::size_t put_places_avx512(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept {
  const __m512i first = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i numbers = _mm512_add_epi32(first, _mm512_set1_epi32(static_cast<int>(base)));
  std::uint32_t* const begin = to;
#pragma GCC unroll 4
  for (int part = 0; part < 4; ++part, bits >>= 16) {
    const auto these = static_cast<__mmask16>(bits);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(these, numbers));
    to += _mm_popcnt_u32(these);
    numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16));
  }
  return static_cast<std::size_t>(to - begin);
}

}  // namespace quern

#endif
