#include "tokenize/cache.hpp"

namespace quern {

namespace {

/// The bytes and ids of a usual long pre-token.
constexpr std::size_t kUsualBytes = 80;

constexpr std::uint32_t kLeastIdThatLooksLikeAKey = 1u << 24;

}  // namespace

std::uint64_t* ShortCache::place_for_few(std::size_t place) noexcept {
  for (const std::size_t at : {place, place ^ 1}) {
    std::uint64_t* const words = lines_[at].words;
    if (words[1] == 0) return words;
    if (count_of(words) <= kFewIds && words[5] == 0) return words + 4;
  }
  for (const std::size_t at : {place ^ (turn_++ & 1), place ^ (turn_ & 1)}) {
    if (count_of(lines_[at].words) <= kFewIds) return lines_[at].words + 4;
  }
  return lines_[place].words;
}

std::uint64_t* ShortCache::place_for_many(std::size_t place) noexcept {
  for (const std::size_t at : {place, place ^ 1}) {
    if (lines_[at].words[1] == 0) return lines_[at].words;
  }
  return lines_[place ^ (turn_++ & 1)].words;
}

void ShortCache::put(std::size_t place, const ShortKey& key, std::span<const std::uint32_t> ids) noexcept {
  const bool is_few = ids.size() <= kFewIds;
  if (ids.size() > kMaxIds) return;
  if (!is_few && *std::max_element(ids.begin(), ids.end()) >= kLeastIdThatLooksLikeAKey) return;
  std::uint64_t* const words = is_few ? place_for_few(place) : place_for_many(place);
  const bool was_many = count_of(words) > kFewIds;
  std::memset(words + 2, 0, (is_few && !was_many ? 2 : 6) * sizeof *words);
  words[0] = key.low;
  words[1] = key.high | std::uint64_t{ids.size()} << 60;
  std::memcpy(words + 2, ids.data(), ids.size_bytes());
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
