#if defined(__x86_64__)

#include "word_blocks.hpp"

#include <bit>
#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v4")
#include "word_blocks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept : bytes_(_mm512_loadu_si512(p)) {}
  std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
  std::uint64_t high() const noexcept { return _mm512_movepi8_mask(bytes_); }
  void store_folded(char* to) const noexcept {
    const __m512i lower = _mm512_or_si512(bytes_, _mm512_set1_epi8(0x20));
    const __mmask64 letter = below(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), 26);
    const __mmask64 as_is = below(_mm512_sub_epi8(bytes_, _mm512_set1_epi8('0')), 10) | equal('_');
    const __m512i folded = _mm512_mask_mov_epi8(_mm512_set1_epi8(' '), letter, lower);
    _mm512_storeu_si512(to, _mm512_mask_mov_epi8(folded, as_is, bytes_));
  }

 private:
  static __mmask64 below(__m512i x, char n) noexcept { return _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(n)); }

  __m512i bytes_;
};

std::size_t fold(const char* text, std::size_t bytes, char* to) noexcept { return fold_with<Bytes64>(text, bytes, to); }

// Places by compression of 16 at a time: no branch depends on how many there are.
std::uint32_t* find_edges(const char* folded, std::size_t blocks, std::uint32_t first, bool inside, std::uint32_t* to) noexcept {
  std::uint64_t before = inside ? 1 : 0;
  __m512i places = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)),
                                    _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  const __m512i sixteen = _mm512_set1_epi32(16);
  for (; blocks > 0; --blocks, folded += kWordBlock) {
    const std::uint64_t in_word = ~Bytes64(folded).equal(' ');
    std::uint64_t edges = in_word ^ (in_word << 1 | before);
    before = in_word >> 63;
    for (int part = 0; part < 4; ++part, edges >>= 16) {
      const auto mask = static_cast<__mmask16>(edges);
      _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(mask, places));
      to += _mm_popcnt_u32(mask);
      places = _mm512_add_epi32(places, sixteen);
    }
  }
  return to;
}

}  // namespace

const WordBlocks kWordBlocksAvx512{fold, find_edges};

}  // namespace quern

#endif
