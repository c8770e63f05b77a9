#pragma once
// From the bytes of a pre-token to its tokens: the cache of an Encoder. Bounded, and never part of what is computed.

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "tokenize/huge_array.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

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

/// Short pre-tokens with few tokens. A line of the machine's cache holds two with up to 4 tokens each or one with up to kMaxIds; each
/// pre-token has a line of its own, its home, and stands in the line's neighbour only where its home was full.
class ShortCache {
 public:
  static constexpr std::size_t kMaxIds = 12;

  struct Slot {
    ShortKey key;          ///< the last byte holds length and number of ids, half a byte each
    std::uint32_t ids[4];  ///< the first of them; where there are more, they take the place of the next slot

    std::size_t count() const noexcept { return key.high >> 60; }
    bool is_empty() const noexcept { return key.high == 0; }
  };
  struct alignas(64) Line {
    Slot slots[2];
  };

  /// As many lines as `bytes` hold; none below two.
  explicit ShortCache(std::size_t bytes) : lines_(std::min<std::size_t>(bytes / sizeof(Line), kMaxLines) & ~std::size_t{1}) {}

  /// Most pre-tokens of up to 4 ids that it holds.
  std::size_t size() const noexcept { return 2 * lines_.size(); }
  const Line* home(const ShortKey& key) const noexcept { return lines_.data() + ((key.quick_hash() >> 32) * lines_.size() >> 32); }

  /// A line to look into for ShortKey::none().
  const Line* any() const noexcept { return lines_.data(); }

  /// Null when it is not in this line.
  static const Slot* find(const Line* line, const ShortKey& key) noexcept {
    if (key.is_in(line->slots[0].key)) return &line->slots[0];
    // Where 12 ids stand, the place of the second key holds four of them, below 2^24: as a key, one of length 0, which is none.
    return key.is_in(line->slots[1].key) ? &line->slots[1] : nullptr;
  }
  /// The same in the neighbour of its home: one more miss of memory, and none for most pre-tokens that are not there at all.
  const Slot* find_near(const Line* home, const ShortKey& key) const noexcept {
    return is_full(*home) ? find(&lines_[place_of(home) ^ 1], key) : nullptr;
  }

  /// Returns the place after the ids; kMaxIds places are written. Most pre-tokens have few, and the first copy is a single move.
  static std::uint32_t* copy_ids(const Slot* slot, std::uint32_t* to) noexcept {
    const std::size_t count = slot->count();
    std::memcpy(to, slot->ids, sizeof slot->ids);
    if (count > kFewIds) std::memcpy(to + kFewIds, slot + 1, (kMaxIds - kFewIds) * sizeof *to);
    return to + count;
  }

  /// Does nothing for more than kMaxIds ids. The first in a line stays when it can: the vocabulary's own tokens are put in at the start.
  void put(const Line* home, const ShortKey& key, std::span<const std::uint32_t> ids) noexcept;

 private:
  static constexpr std::size_t kFewIds = 4;
  static constexpr std::size_t kMaxLines = std::size_t{1} << 31;  // home() has 32 bits of the hash

  static bool is_full(const Line& line) noexcept {
    return !line.slots[0].is_empty() && (line.slots[0].count() > kFewIds || !line.slots[1].is_empty());
  }
  std::size_t place_of(const Line* line) const noexcept { return static_cast<std::size_t>(line - lines_.data()); }
  Slot* place_for_few(std::size_t place) noexcept;
  Slot* place_for_many(std::size_t place) noexcept;

  HugeArray<Line> lines_;
  std::size_t turn_ = 0;
};

/// All other pre-tokens up to kMaxBytes. Their bytes and ids lie in a ring, where the newest take the place of the oldest.
class LongCache {
 public:
  static constexpr std::size_t kMaxBytes = 4096;

  explicit LongCache(std::size_t bytes);

  bool takes(std::size_t length) const noexcept { return length <= kMaxBytes && buckets_.size() != 0; }
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&buckets_[home(hash)]); }
  /// Valid until the next put(); an empty span when it is not there (no pre-token has no tokens and is put).
  std::span<const std::uint32_t> find(std::string_view bytes, std::uint64_t hash) const noexcept;
  void put(std::string_view bytes, std::uint64_t hash, std::span<const std::uint32_t> ids) noexcept;

 private:
  struct Entry {
    std::uint64_t start;   ///< in the ring, counting all words ever written: the ids, then the bytes
    std::uint32_t tag;     ///< of the hash
    std::uint16_t count;   ///< of ids
    std::uint16_t length;  ///< of the bytes; 0: an empty entry
  };
  struct alignas(64) Bucket {
    Entry entries[4];
  };
  static std::uint32_t tag(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }
  static std::size_t words(std::size_t count, std::size_t length) noexcept { return count + (length + 3) / 4; }
  std::size_t home(std::uint64_t hash) const noexcept { return static_cast<std::size_t>((hash >> 32) * buckets_.size() >> 32); }
  /// Whether its words have not been overwritten.
  bool is_there(const Entry& entry) const noexcept { return entry.length != 0 && entry.start + ring_.size() >= written_; }

  HugeArray<Bucket> buckets_;
  HugeArray<std::uint32_t> ring_;
  std::uint64_t written_ = 0;
};

}  // namespace quern
