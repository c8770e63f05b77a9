#pragma once
// A bit for each of 64 bytes. SSE2, which every x86-64 has, and plain C++ give the same value.

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace quern {

/// Bit i: byte i of `p` is `wanted`. Plain C++, the reference.
inline std::uint64_t equal_mask_plain(const char* p, char wanted) noexcept {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < 64; ++i) mask |= std::uint64_t{p[i] == wanted} << i;
  return mask;
}

#if defined(__SSE2__)

inline std::uint64_t equal_mask(const char* p, char wanted) noexcept {
  const __m128i all = _mm_set1_epi8(wanted);
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, all)))) << i;
  }
  return mask;
}

#else

inline std::uint64_t equal_mask(const char* p, char wanted) noexcept { return equal_mask_plain(p, wanted); }

#endif

}  // namespace quern
