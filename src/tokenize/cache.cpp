#include "tokenize/cache.hpp"

namespace quern {

namespace {

/// The bytes and ids of a usual long pre-token.
constexpr std::size_t kUsualBytes = 80;

/// A key of no length, which is none: so that a line is full and its neighbour is looked at.
constexpr std::uint64_t kTaken = 1;

constexpr std::uint32_t kLeastIdThatLooksLikeAKey = 1u << 24;

}  // namespace

ShortCache::Slot* ShortCache::place_for_few(std::size_t place) noexcept {
  for (const std::size_t at : {place, place ^ 1}) {
    Line& line = lines_[at];
    if (line.slots[0].is_empty()) return &line.slots[0];
    if (!is_full(line)) return &line.slots[1];
  }
  for (const std::size_t at : {place ^ (turn_++ & 1), place ^ (turn_ & 1)}) {
    if (lines_[at].slots[0].count() <= kFewIds) return &lines_[at].slots[1];
  }
  return &lines_[place].slots[0];
}

ShortCache::Slot* ShortCache::place_for_many(std::size_t place) noexcept {
  Line& home = lines_[place];
  if (home.slots[0].is_empty()) return &home.slots[0];
  if (!is_full(home)) home.slots[1].key.high = kTaken;
  Line& near = lines_[place ^ 1];
  return near.slots[0].is_empty() || (turn_++ & 1) != 0 ? &near.slots[0] : &home.slots[0];
}

void ShortCache::put(const Line* home, const ShortKey& key, std::span<const std::uint32_t> ids) noexcept {
  const bool is_few = ids.size() <= kFewIds;
  if (ids.size() > kMaxIds) return;
  if (!is_few && *std::max_element(ids.begin(), ids.end()) >= kLeastIdThatLooksLikeAKey) return;
  Slot* const slot = is_few ? place_for_few(place_of(home)) : place_for_many(place_of(home));
  const bool takes_line = !is_few || slot->count() > kFewIds;
  std::fill_n(slot, takes_line ? 2 : 1, Slot{});
  // A line that was full stays so: what moved on to its neighbour is still found there.
  if (takes_line && is_few) slot[1].key.high = kTaken;
  slot->key = key;
  slot->key.high |= std::uint64_t{ids.size()} << 60;
  std::memcpy(slot->ids, ids.data(), ids.size_bytes());
}

LongCache::LongCache(std::size_t bytes) {
  if (bytes < 64 * sizeof(Bucket)) return;
  constexpr std::size_t kEach = sizeof(Entry) + kUsualBytes;
  buckets_ = HugeArray<Bucket>(std::min<std::size_t>(bytes / kEach * sizeof(Entry) / sizeof(Bucket), UINT32_MAX));
  ring_ = HugeArray<std::uint32_t>((bytes - buckets_.size() * sizeof(Bucket)) / sizeof(std::uint32_t));
}

std::span<const std::uint32_t> LongCache::find(std::string_view bytes, std::uint64_t hash) const noexcept {
  for (const Entry& entry : buckets_[home(hash)].entries) {
    if (entry.tag != tag(hash) || entry.length != bytes.size() || !is_there(entry)) continue;
    const std::uint32_t* const ids = &ring_[static_cast<std::size_t>(entry.start % ring_.size())];
    if (std::memcmp(ids + entry.count, bytes.data(), bytes.size()) == 0) return {ids, entry.count};
  }
  return {};
}

void LongCache::put(std::string_view bytes, std::uint64_t hash, std::span<const std::uint32_t> ids) noexcept {
  const std::size_t size = words(ids.size(), bytes.size());
  if (ids.empty() || bytes.size() > kMaxBytes || size > ring_.size()) return;
  const std::size_t left = ring_.size() - static_cast<std::size_t>(written_ % ring_.size());
  if (size > left) written_ += left;  // each lies in one piece
  Bucket& bucket = buckets_[home(hash)];
  Entry& oldest = *std::min_element(bucket.entries, bucket.entries + 4, [](const Entry& a, const Entry& b) {
    return a.length == 0 ? b.length != 0 : b.length != 0 && a.start < b.start;
  });
  oldest = {written_, tag(hash), static_cast<std::uint16_t>(ids.size()), static_cast<std::uint16_t>(bytes.size())};
  std::uint32_t* const to = &ring_[static_cast<std::size_t>(written_ % ring_.size())];
  std::memcpy(to, ids.data(), ids.size_bytes());
  std::memcpy(to + ids.size(), bytes.data(), bytes.size());
  written_ += size;
}

}  // namespace quern
