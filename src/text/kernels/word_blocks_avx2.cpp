#if defined(__x86_64__)

#include "set_bits.hpp"
#include "word_blocks.hpp"

#include <bit>
#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v3")
#include "word_blocks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept : low_(load(p)), high_(load(p + 32)) {}
  std::uint64_t equal(char c) const noexcept {
    const __m256i all = _mm256_set1_epi8(c);
    return mask(_mm256_cmpeq_epi8(low_, all), _mm256_cmpeq_epi8(high_, all));
  }
  std::uint64_t high() const noexcept { return mask(low_, high_); }
  void store_folded(char* to) const noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), folded(low_));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32), folded(high_));
  }

 private:
  static __m256i load(const char* p) noexcept { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static std::uint64_t mask(__m256i low, __m256i high) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
  }
  static __m256i below(__m256i x, char n) noexcept {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(static_cast<char>(n - 1))), x);
  }
  static __m256i folded(__m256i bytes) noexcept {
    const __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    const __m256i letter = below(_mm256_sub_epi8(lower, _mm256_set1_epi8('a')), 26);
    const __m256i as_is = _mm256_or_si256(below(_mm256_sub_epi8(bytes, _mm256_set1_epi8('0')), 10),
                                          _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_')));
    return _mm256_blendv_epi8(_mm256_blendv_epi8(_mm256_set1_epi8(' '), lower, letter), bytes, as_is);
  }

  __m256i low_;
  __m256i high_;
};

std::size_t fold(const char* text, std::size_t bytes, char* to) noexcept { return fold_with<Bytes64>(text, bytes, to); }

std::uint32_t* find_edges(const char* folded, std::size_t blocks, std::uint32_t first, bool inside, std::uint32_t* to) noexcept {
  std::uint64_t before = inside ? 1 : 0;
  for (; blocks > 0; --blocks, folded += kWordBlock, first += kWordBlock) {
    const std::uint64_t in_word = ~Bytes64(folded).equal(' ');
    to = write_set_bits(in_word ^ (in_word << 1 | before), first, to);
    before = in_word >> 63;
  }
  return to;
}

}  // namespace

const WordBlocks kWordBlocksAvx2{fold, find_edges};

}  // namespace quern

#endif
