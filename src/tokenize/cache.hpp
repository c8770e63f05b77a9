#pragma once
// From the bytes of a pre-token to its tokens: the cache of an Encoder. Bounded, and never part of what is computed.

#include "tokenize/huge_array.hpp"
#include "tokenize/kernels/short_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace quern {

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
