#if defined(__x86_64__)

#include "cut.hpp"
#include "tokenize/scan.hpp"

#include <immintrin.h>

#include <algorithm>
#include <utility>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v4")

namespace quern {
namespace {

using scan::ClassTable;

class Bytes64 {
 public:
  explicit Bytes64(const unsigned char* p) noexcept : bytes_(_mm512_loadu_si512(p)) {}

  std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
  std::uint64_t within(char first, char n) const noexcept { return below(_mm512_sub_epi8(bytes_, _mm512_set1_epi8(first)), n); }
  std::uint64_t letter() const noexcept {
    return below(_mm512_sub_epi8(_mm512_or_si512(bytes_, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a')), 26);
  }
  std::uint64_t high() const noexcept { return _mm512_movepi8_mask(bytes_); }
  std::uint64_t at_least(unsigned char byte) const noexcept {
    return _mm512_cmpge_epu8_mask(bytes_, _mm512_set1_epi8(static_cast<char>(byte)));
  }
  std::uint64_t lead_in(const std::array<std::uint8_t, 16>& rows) const noexcept {
    const __m512i low = _mm512_and_si512(bytes_, _mm512_set1_epi8(15));
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes_, 4), _mm512_set1_epi8(15));
    const __m128i row_bit = _mm_set_epi8(-128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(table(_mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.data()))), low),
                                 _mm512_shuffle_epi8(table(row_bit), high));
  }

 private:
  static std::uint64_t below(__m512i x, char n) noexcept { return _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(n)); }
  static __m512i table(__m128i bytes) noexcept { return _mm512_maskz_broadcast_i32x4(0xFFFF, bytes); }

  __m512i bytes_;
};

// In this order: each needs what is above it.
#include "blocks.hpp"
#include "starts.hpp"
#include "cut_blocks.hpp"

}  // namespace

Cut find_cut_avx512(Pattern pattern) noexcept { return find_cut_by_blocks<Bytes64>(pattern); }

}  // namespace quern

#endif
