#if defined(__x86_64__)

#include "pii_masks.hpp"

#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v4")
#include "pii_masks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept : bytes_(_mm512_loadu_si512(p)) {}
  std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
  std::uint64_t digit() const noexcept { return below(_mm512_sub_epi8(bytes_, _mm512_set1_epi8('0')), 10); }
  std::uint64_t letter() const noexcept {
    return below(_mm512_sub_epi8(_mm512_or_si512(bytes_, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a')), 26);
  }

 private:
  static std::uint64_t below(__m512i x, char n) noexcept { return _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(n)); }

  __m512i bytes_;
};

}  // namespace

void find_pii_masks_avx512(const char* p, PiiMasks& masks) noexcept { find_pii_masks_with<Bytes64>(p, masks); }

}  // namespace quern

#endif
