#pragma once
// From the bytes of a pre-token to its tokens: the cache of an Encoder. Bounded, and never part of what is computed.

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "tokenize/huge_array.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

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

/// Short pre-tokens with few tokens: a cache line each, two places for each hash.
class ShortCache {
 public:
  static constexpr std::size_t kMaxIds = 11;
  struct alignas(64) Slot {
    ShortKey key;
    std::uint32_t count;
    std::uint32_t ids[kMaxIds];

    /// Returns the place after the ids; kMaxIds places are written. Most pre-tokens have few, and the first copy is a single move.
    std::uint32_t* copy_to(std::uint32_t* to) const noexcept {
      std::memcpy(to, ids, 4 * sizeof *to);
      if (count > 4) std::memcpy(to + 4, ids + 4, (kMaxIds - 4) * sizeof *to);
      return to + count;
    }
  };
  static_assert(sizeof(Slot) == 64);

  /// The greatest power of two of slots in `bytes`; none below two.
  explicit ShortCache(std::size_t bytes)
      : slots_(bytes < 2 * sizeof(Slot) ? 0 : std::bit_floor(bytes / sizeof(Slot))), mask_(slots_.size() == 0 ? 0 : slots_.size() - 1) {}

  std::size_t size() const noexcept { return slots_.size(); }
  std::size_t place(const ShortKey& key) const noexcept { return static_cast<std::size_t>(key.hash()) & mask_; }
  void prefetch(std::size_t place) const noexcept { __builtin_prefetch(&slots_[place]); }

  const Slot* find(std::size_t place, const ShortKey& key) const noexcept {
    if (slots_[place].key == key) return &slots_[place];
    const Slot& second = slots_[place ^ 1];
    return second.key == key ? &second : nullptr;
  }

  /// The first to come keeps the first place, which the vocabulary's own tokens take at the start; the second is for the last to come.
  void put(std::size_t place, const ShortKey& key, std::span<const std::uint32_t> ids) noexcept {
    Slot& slot = slots_[place].key == ShortKey{} ? slots_[place] : slots_[place ^ 1];
    slot.key = key;
    slot.count = static_cast<std::uint32_t>(ids.size());
    std::memcpy(slot.ids, ids.data(), ids.size_bytes());
  }

 private:
  HugeArray<Slot> slots_;
  std::size_t mask_;
};

/// All other pre-tokens up to kMaxBytes. When its memory is full, it begins anew.
class LongCache {
 public:
  static constexpr std::size_t kMaxBytes = 4096;

  explicit LongCache(std::size_t bytes);

  bool takes(std::size_t length) const noexcept { return length <= kMaxBytes && !entries_.empty(); }
  /// Valid until the next put(); an empty span when it is not there (no pre-token has no tokens and is put).
  std::span<const std::uint32_t> find(std::string_view bytes, std::uint64_t hash) const noexcept;
  void put(std::string_view bytes, std::uint64_t hash, std::span<const std::uint32_t> ids);

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t start = 0;   ///< in words_: the ids, then the bytes
    std::uint32_t count = 0;   ///< of ids; 0: an empty entry
    std::uint32_t length = 0;  ///< of the bytes
  };
  std::size_t home(std::uint64_t hash) const noexcept { return static_cast<std::size_t>(hash) & (entries_.size() - 1); }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
  std::vector<std::uint32_t> words_;
  std::size_t max_words_ = 0;
};

}  // namespace quern
