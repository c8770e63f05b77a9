#if defined(__x86_64__)

#include "page_masks.hpp"
#include "page_rows.hpp"
#include "token_masks.hpp"
#include "token_rows.hpp"

#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v4")
#include "page_masks_vector.hpp"
#include "token_masks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept : bytes_(_mm512_loadu_si512(p)) {
    row_bit_ = _mm512_shuffle_epi8(table(kRowBit), _mm512_and_si512(_mm512_srli_epi16(bytes_, 4), _mm512_set1_epi8(15)));
  }
  std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
  std::uint64_t within(char first, char n) const noexcept { return below(_mm512_sub_epi8(bytes_, _mm512_set1_epi8(first)), n); }
  std::uint64_t letter() const noexcept {
    return below(_mm512_sub_epi8(_mm512_or_si512(bytes_, _mm512_set1_epi8(0x20)), _mm512_set1_epi8(97)), 26);
  }
  std::uint64_t in(const std::array<std::uint8_t, 16>& rows) const noexcept {
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(table(rows), bytes_), row_bit_);
  }
  std::uint64_t high() const noexcept { return _mm512_movepi8_mask(bytes_); }
  std::uint64_t lead() const noexcept { return _mm512_cmpgt_epi8_mask(bytes_, _mm512_set1_epi8(-65)); }

 private:
  static std::uint64_t below(__m512i x, char n) noexcept { return _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(n)); }
  static __m512i table(const std::array<std::uint8_t, 16>& bytes) noexcept {
    return _mm512_maskz_broadcast_i32x4(0xFFFF, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));
  }

  __m512i bytes_;
  __m512i row_bit_;
};

}  // namespace

void find_token_masks_avx512(const char* p, TokenMasks& masks) noexcept { find_token_masks_with<Bytes64>(p, masks); }
void find_page_masks_avx512(const char* p, PageMasks& masks) noexcept { find_page_masks_with<Bytes64>(p, masks); }

}  // namespace quern

#endif
