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

namespace quern {

/// A pre-token of 1 to 15 bytes in two words: the bytes, zeros, and the length in the last byte. No key is {0, 0}.
struct ShortKey {
  static constexpr std::size_t kMaxBytes = 15;
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const ShortKey&) const = default;

  /// `readable`: bytes from `at` to the end of the text; 16 of them make one load do.
  static ShortKey of(const char* at, std::size_t length, std::size_t readable) noexcept {
    ShortKey key;
    if (readable >= sizeof key) {
      std::memcpy(&key, at, sizeof key);
      key.low &= kMasks[length].low;
      key.high &= kMasks[length].high;
    } else {
      std::memcpy(&key, at, length);
    }
    key.high |= std::uint64_t{length} << 56;
    return key;
  }

  std::uint64_t hash() const noexcept {
    const Uint128 product = static_cast<Uint128>(low ^ 0x9E3779B97F4A7C15u) * (high ^ 0xD6E8FEB86659FD93u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

 private:
  struct Mask {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
  static constexpr std::array<Mask, kMaxBytes + 1> make_masks() {
    std::array<Mask, kMaxBytes + 1> masks{};
    for (std::size_t length = 1; length <= kMaxBytes; ++length) {
      masks[length].low = length >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * length)) - 1;
      masks[length].high = length <= 8 ? 0 : (std::uint64_t{1} << (8 * (length - 8))) - 1;
    }
    return masks;
  }
  static const std::array<Mask, kMaxBytes + 1> kMasks;
};

inline constexpr std::array<ShortKey::Mask, ShortKey::kMaxBytes + 1> ShortKey::kMasks = ShortKey::make_masks();

static_assert(std::endian::native == std::endian::little, "ShortKey masks assume the first byte is the lowest");

/// Short pre-tokens with few tokens. A line of the machine's cache holds two with up to 4 tokens each or one with up to kMaxIds; each
/// pre-token has a line of its own and may also stand in the line's neighbour.
class ShortCache {
 public:
  static constexpr std::size_t kMaxIds = 12;

  /// Key and ids as they stand in a line: the key's last byte holds length and number of ids, half a byte each.
  class Entry {
   public:
    explicit Entry(const std::uint64_t* words) noexcept : words_(words) {}
    explicit operator bool() const noexcept { return words_ != nullptr; }

    /// Returns the place after the ids; kMaxIds places are written. Most pre-tokens have few, and the first copy is a single move.
    std::uint32_t* copy_to(std::uint32_t* to) const noexcept {
      const std::size_t count = count_of(words_);
      std::memcpy(to, words_ + 2, kFewIds * sizeof *to);
      if (count > kFewIds) std::memcpy(to + kFewIds, words_ + 4, (kMaxIds - kFewIds) * sizeof *to);
      return to + count;
    }

   private:
    const std::uint64_t* words_;
  };

  /// As many lines as `bytes` hold; none below two.
  explicit ShortCache(std::size_t bytes) : lines_(std::min<std::size_t>(bytes / sizeof(Line), kMaxLines) & ~std::size_t{1}) {}

  /// Most pre-tokens of up to 4 ids that it holds.
  std::size_t size() const noexcept { return 2 * lines_.size(); }
  std::size_t place(const ShortKey& key) const noexcept { return static_cast<std::size_t>((key.hash() >> 32) * lines_.size() >> 32); }
  void prefetch(std::size_t place) const noexcept { __builtin_prefetch(&lines_[place]); }

  /// Of false value when it is not there.
  Entry find(std::size_t place, const ShortKey& key) const noexcept {
    if (const std::uint64_t* const words = find_in(lines_[place], key)) return Entry(words);
    return Entry(find_in(lines_[place ^ 1], key));
  }

  /// Does nothing for more than kMaxIds ids. The first in a line stays when it can: the vocabulary's own tokens are put in at the start.
  void put(std::size_t place, const ShortKey& key, std::span<const std::uint32_t> ids) noexcept;

 private:
  static constexpr std::size_t kFewIds = 4;
  static constexpr std::size_t kMaxLines = std::size_t{1} << 31;  // place() has 32 bits of the hash
  struct alignas(64) Line {
    std::uint64_t words[8];  ///< key, 4 ids, key, 4 ids; or key, 12 ids
  };

  static std::size_t count_of(const std::uint64_t* words) noexcept { return words[1] >> 60; }
  static bool is(const std::uint64_t* words, const ShortKey& key) noexcept {
    return ((words[0] ^ key.low) | (words[1] ^ key.high) << 4) == 0;
  }
  /// Where 12 ids stand, the place of the second key holds four of them, below 2^24: as a key, one of length 0, which is none.
  static const std::uint64_t* find_in(const Line& line, const ShortKey& key) noexcept {
    const bool second = is(line.words + 4, key);
    return second || is(line.words, key) ? line.words + (second ? 4 : 0) : nullptr;
  }
  std::uint64_t* place_for_few(std::size_t place) noexcept;
  std::uint64_t* place_for_many(std::size_t place) noexcept;

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
