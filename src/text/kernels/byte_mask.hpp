#pragma once
// A bit for each of 64 bytes. SSE2 and NEON-free plain C++ give the same value; every x86-64 has SSE2.

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

/// Bit i: byte i of `p` is not ASCII.
inline std::uint64_t high_mask_plain(const char* p) noexcept {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < 64; ++i) mask |= std::uint64_t{static_cast<unsigned char>(p[i]) >= 0x80} << i;
  return mask;
}

#if defined(__SSE2__)

template <class Map>
inline std::uint64_t movemask_64(const char* p, Map&& map) noexcept {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(map(bytes)))) << i;
  }
  return mask;
}

inline std::uint64_t equal_mask(const char* p, char wanted) noexcept {
  const __m128i all = _mm_set1_epi8(wanted);
  return movemask_64(p, [all](__m128i bytes) { return _mm_cmpeq_epi8(bytes, all); });
}

inline std::uint64_t high_mask(const char* p) noexcept {
  return movemask_64(p, [](__m128i bytes) { return bytes; });
}

#else

inline std::uint64_t equal_mask(const char* p, char wanted) noexcept { return equal_mask_plain(p, wanted); }
inline std::uint64_t high_mask(const char* p) noexcept { return high_mask_plain(p); }

#endif

}  // namespace quern
