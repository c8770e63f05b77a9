#include "tokenize/cache.hpp"

#include <algorithm>

namespace quern {

namespace {

/// An entry and the bytes and ids of a usual pre-token: for how many entries a share of memory is enough.
constexpr std::size_t kUsualBytes = 96;

}  // namespace

LongCache::LongCache(std::size_t bytes) {
  if (bytes < 64 * kUsualBytes) return;
  entries_.resize(std::bit_floor(bytes / kUsualBytes));
  max_words_ = std::min<std::size_t>((bytes - entries_.size() * sizeof(Entry)) / sizeof(std::uint32_t), UINT32_MAX);
  words_.reserve(max_words_);
}

std::span<const std::uint32_t> LongCache::find(std::string_view bytes, std::uint64_t hash) const noexcept {
  for (std::size_t at = home(hash); entries_[at].count != 0; at = (at + 1) & (entries_.size() - 1)) {
    const Entry& entry = entries_[at];
    if (entry.hash != hash || entry.length != bytes.size()) continue;
    const std::uint32_t* const ids = words_.data() + entry.start;
    if (std::memcmp(ids + entry.count, bytes.data(), bytes.size()) == 0) return {ids, entry.count};
  }
  return {};
}

void LongCache::put(std::string_view bytes, std::uint64_t hash, std::span<const std::uint32_t> ids) {
  const std::size_t words = ids.size() + (bytes.size() + 3) / 4;
  if (ids.empty() || words > max_words_) return;
  if (words_.size() + words > max_words_ || used_ * 2 >= entries_.size()) {
    std::fill(entries_.begin(), entries_.end(), Entry{});
    words_.clear();
    used_ = 0;
  }
  std::size_t at = home(hash);
  while (entries_[at].count != 0) at = (at + 1) & (entries_.size() - 1);
  entries_[at] = {hash, static_cast<std::uint32_t>(words_.size()), static_cast<std::uint32_t>(ids.size()),
                  static_cast<std::uint32_t>(bytes.size())};
  ++used_;
  words_.insert(words_.end(), ids.begin(), ids.end());
  const std::size_t start = words_.size();
  words_.resize(start + (bytes.size() + 3) / 4);
  std::memcpy(words_.data() + start, bytes.data(), bytes.size());
}

}  // namespace quern
