#pragma once
// Short pre-tokens as keys of a table, in the vector register that every x86-64 machine quern runs on has.

#include "quern/base/wide.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE4_2__)
#include <immintrin.h>
#endif

namespace quern {

/// A pre-token of 1 to 15 bytes in two words: the bytes, zeros, and the length in the last byte. No key is {0, 0}.
struct ShortKey {
  static constexpr std::size_t kMaxBytes = 15;
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const ShortKey&) const = default;

  /// Bytes that have to be readable from `at` on, whatever the length.
  static constexpr std::size_t kWide = 16;
  void set_wide(const char* at, std::size_t length) noexcept;
  /// From a pre-token that may stand at the end of its text.
  void set(const char* at, std::size_t length) noexcept;

  /// `readable`: bytes from `at` to the end of the text.
  static ShortKey of(const char* at, std::size_t length, std::size_t readable) noexcept {
    ShortKey key;
    readable >= kWide ? key.set_wide(at, length) : key.set(at, length);
    return key;
  }

  /// Equal to the key of no pre-token and to nothing that stands in a cache.
  static ShortKey none() noexcept { return {~std::uint64_t{0}, ~std::uint64_t{0} >> 8}; }

  std::uint64_t hash() const noexcept {
    const Uint128 product = static_cast<Uint128>(low ^ 0x9E3779B97F4A7C15u) * (high ^ 0xD6E8FEB86659FD93u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  /// Another one, in the fewest instructions of the machine: its upper bits are good.
  std::uint64_t quick_hash() const noexcept {
#if defined(__SSE4_2__)
    // A CRC alone is linear: numbers in a row would meet in few places.
    return _mm_crc32_u64(_mm_crc32_u64(0, low), high) * 0x9E3779B97F4A7C15u;
#else
    return hash();
#endif
  }

  /// Whether `other`, at a multiple of 16 bytes, is the same but for the upper half of its last byte.
  bool is_in(const ShortKey& other) const noexcept {
#if defined(__SSE4_2__)
    return _mm_testz_si128(_mm_xor_si128(vector(), other.aligned_vector()), _mm_set_epi64x(kAllButFour, -1)) != 0;
#else
    return ((low ^ other.low) | (high ^ other.high) << 4) == 0;
#endif
  }

 private:
  struct Form;
  static const std::array<Form, kMaxBytes + 1> kForms;
  static constexpr std::int64_t kAllButFour = 0x0FFFFFFFFFFFFFFF;
#if defined(__SSE4_2__)
  __m128i vector() const noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(this)); }
  __m128i aligned_vector() const noexcept { return _mm_load_si128(reinterpret_cast<const __m128i*>(this)); }
#endif
};

/// For each length: which bits of the 16 bytes stay, and what is added to them.
struct alignas(16) ShortKey::Form {
  ShortKey mask;
  ShortKey length;

  static constexpr std::array<Form, kMaxBytes + 1> all() {
    std::array<Form, kMaxBytes + 1> forms{};
    for (std::size_t n = 1; n <= kMaxBytes; ++n) {
      forms[n].mask.low = n >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * n)) - 1;
      forms[n].mask.high = n <= 8 ? 0 : (std::uint64_t{1} << (8 * (n - 8))) - 1;
      forms[n].length.high = std::uint64_t{n} << 56;
    }
    return forms;
  }
};

inline constexpr std::array<ShortKey::Form, ShortKey::kMaxBytes + 1> ShortKey::kForms = Form::all();

inline void ShortKey::set_wide(const char* at, std::size_t length) noexcept {
  const Form& form = kForms[length];
#if defined(__SSE4_2__)
  const __m128i bytes = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), form.mask.aligned_vector());
  _mm_storeu_si128(reinterpret_cast<__m128i*>(this), _mm_or_si128(bytes, form.length.aligned_vector()));
#else
  std::memcpy(this, at, kWide);
  low &= form.mask.low;
  high = (high & form.mask.high) | form.length.high;
#endif
}

inline void ShortKey::set(const char* at, std::size_t length) noexcept {
  *this = {};
  std::memcpy(this, at, length);
  high |= kForms[length].length.high;
}

static_assert(std::endian::native == std::endian::little, "ShortKey masks assume the first byte is the lowest");

}  // namespace quern
