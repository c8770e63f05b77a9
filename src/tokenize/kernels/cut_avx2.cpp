#if defined(__x86_64__)

#include "cut.hpp"
#include "tokenize/scan.hpp"

#include <immintrin.h>

#include <algorithm>
#include <utility>

// From here on: what stands above is compiled for every machine, and functions of it must not be compiled for one.
#pragma GCC target("arch=x86-64-v3")

namespace quern {
namespace {

using scan::ClassTable;

class Bytes64 {
 public:
  explicit Bytes64(const unsigned char* p) noexcept {
    for (int i = 0; i < 2; ++i) part_[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32 * i));
  }
  std::uint64_t equal(char c) const noexcept {
    return mask([&](int i) { return _mm256_cmpeq_epi8(part_[i], _mm256_set1_epi8(c)); });
  }
  std::uint64_t within(char first, char n) const noexcept {
    return mask([&](int i) { return below(_mm256_sub_epi8(part_[i], _mm256_set1_epi8(first)), n); });
  }
  std::uint64_t letter() const noexcept {
    const __m256i fold = _mm256_set1_epi8(0x20);
    return mask([&](int i) { return below(_mm256_sub_epi8(_mm256_or_si256(part_[i], fold), _mm256_set1_epi8('a')), 26); });
  }
  std::uint64_t high() const noexcept {
    return mask([&](int i) { return part_[i]; });
  }
  std::uint64_t at_least(unsigned char byte) const noexcept {
    return mask([&](int i) { return _mm256_cmpeq_epi8(_mm256_max_epu8(part_[i], _mm256_set1_epi8(static_cast<char>(byte))), part_[i]); });
  }
  std::uint64_t lead_in(const std::array<std::uint8_t, 16>& rows) const noexcept {
    const __m256i low_table = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.data())));
    const __m256i row_bit = _mm256_broadcastsi128_si256(_mm_set_epi8(-128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    return ~mask([&](int i) {
      const __m256i low = _mm256_and_si256(part_[i], _mm256_set1_epi8(15));
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(part_[i], 4), _mm256_set1_epi8(15));
      return _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(low_table, low), _mm256_shuffle_epi8(row_bit, high)),
                               _mm256_setzero_si256());
    });
  }

 private:
  template <class Map>
  static std::uint64_t mask(Map&& map) noexcept {
    const auto bits = [&](int i) { return static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_epi8(map(i)))); };
    return bits(0) | bits(1) << 32;
  }
  static __m256i below(__m256i x, char n) noexcept {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(static_cast<char>(n - 1))), x);
  }

  __m256i part_[2];
};

// In this order: each needs what is above it.
#include "blocks.hpp"
#include "starts.hpp"
#include "cut_blocks.hpp"

}  // namespace

Cut find_cut_avx2(Pattern pattern) noexcept { return find_cut_by_blocks<Bytes64>(pattern); }

}  // namespace quern

#endif
