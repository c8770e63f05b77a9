#if defined(__x86_64__)

#include "pii_masks.hpp"

#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("ssse3")
#include "pii_masks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept {
    for (int i = 0; i < 4; ++i) part_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
  }
  std::uint64_t equal(char c) const noexcept {
    return mask([&](int i) { return _mm_cmpeq_epi8(part_[i], _mm_set1_epi8(c)); });
  }
  std::uint64_t digit() const noexcept {
    return mask([&](int i) { return below(_mm_sub_epi8(part_[i], _mm_set1_epi8('0')), 10); });
  }
  std::uint64_t letter() const noexcept {
    return mask([&](int i) { return below(_mm_sub_epi8(_mm_or_si128(part_[i], _mm_set1_epi8(0x20)), _mm_set1_epi8('a')), 26); });
  }

 private:
  template <class Map>
  static std::uint64_t mask(Map&& map) noexcept {
    const auto bits = [&](int i) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(map(i)))); };
    return bits(0) | bits(1) << 16 | bits(2) << 32 | bits(3) << 48;
  }
  static __m128i below(__m128i x, char n) noexcept { return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(static_cast<char>(n - 1))), x); }

  __m128i part_[4];
};

}  // namespace

void find_pii_masks_sse(const char* p, PiiMasks& masks) noexcept { find_pii_masks_with<Bytes64>(p, masks); }

}  // namespace quern

#endif
