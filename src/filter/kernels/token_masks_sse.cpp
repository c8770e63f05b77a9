#if defined(__x86_64__)

#include "page_masks.hpp"
#include "page_rows.hpp"
#include "token_masks.hpp"
#include "token_rows.hpp"

#include <immintrin.h>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("ssse3")
#include "page_masks_vector.hpp"
#include "token_masks_vector.hpp"

namespace quern {
namespace {

class Bytes64 {
 public:
  explicit Bytes64(const char* p) noexcept {
    for (int i = 0; i < 4; ++i) {
      part_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
      row_bit_[i] = _mm_shuffle_epi8(table(kRowBit), _mm_and_si128(_mm_srli_epi16(part_[i], 4), _mm_set1_epi8(15)));
    }
  }
  std::uint64_t equal(char c) const noexcept {
    return mask([&](int i) { return _mm_cmpeq_epi8(part_[i], _mm_set1_epi8(c)); });
  }
  std::uint64_t within(char first, char n) const noexcept {
    return mask([&](int i) { return below(_mm_sub_epi8(part_[i], _mm_set1_epi8(first)), n); });
  }
  std::uint64_t letter() const noexcept {
    return mask([&](int i) { return below(_mm_sub_epi8(_mm_or_si128(part_[i], _mm_set1_epi8(0x20)), _mm_set1_epi8(97)), 26); });
  }
  std::uint64_t in(const std::array<std::uint8_t, 16>& rows) const noexcept {
    return ~mask([&](int i) {
      return _mm_cmpeq_epi8(_mm_and_si128(_mm_shuffle_epi8(table(rows), part_[i]), row_bit_[i]), _mm_setzero_si128());
    });
  }
  std::uint64_t high() const noexcept {
    return mask([&](int i) { return part_[i]; });
  }
  std::uint64_t lead() const noexcept {
    return mask([&](int i) { return _mm_cmpgt_epi8(part_[i], _mm_set1_epi8(-65)); });
  }

 private:
  template <class Map>
  static std::uint64_t mask(Map&& map) noexcept {
    const auto bits = [&](int i) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(map(i)))); };
    return bits(0) | bits(1) << 16 | bits(2) << 32 | bits(3) << 48;
  }
  static __m128i below(__m128i x, char n) noexcept { return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(static_cast<char>(n - 1))), x); }
  static __m128i table(const std::array<std::uint8_t, 16>& bytes) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data()));
  }

  __m128i part_[4];
  __m128i row_bit_[4];
};

}  // namespace

void find_token_masks_sse(const char* p, TokenMasks& masks) noexcept { find_token_masks_with<Bytes64>(p, masks); }
void find_page_masks_sse(const char* p, PageMasks& masks) noexcept { find_page_masks_with<Bytes64>(p, masks); }

}  // namespace quern

#endif
