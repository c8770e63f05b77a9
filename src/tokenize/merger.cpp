#include "tokenize/merger.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <cstring>

namespace quern {

std::span<const std::uint32_t> Merger::merge(std::string_view bytes) {
  if (!merges_->has_all_bytes()) bytes = without_unknown_bytes(bytes);
  return bytes.size() <= kShort ? merge_short(bytes) : merge_long(bytes);
}

std::string_view Merger::without_unknown_bytes(std::string_view bytes) {
  known_bytes_.assign(bytes);
  std::erase_if(known_bytes_, [&](char byte) { return merges_->byte_id(static_cast<std::uint8_t>(byte)) == kNoToken; });
  return known_bytes_;
}

namespace {

// Few numbers one by one: they have just been written one by one, and a vector of them would have to wait for that.
std::uint32_t least_of_fours(const std::uint32_t* numbers, std::size_t n) {
  std::uint32_t least = UINT32_MAX;
  for (std::size_t i = 0; i < n; i += 4) {
    least = std::min(least, std::min(std::min(numbers[i], numbers[i + 1]), std::min(numbers[i + 2], numbers[i + 3])));
  }
  return least;
}

std::uint32_t least_of_sixteens(const std::uint32_t* numbers, std::size_t n) {
  std::uint32_t least = UINT32_MAX;
  for (std::size_t i = 0; i < n; i += 16) least = std::min(least, least_of_16(numbers + i));
  return least;
}

}  // namespace

// Symbols keep the position of their first byte, counted from 1; before the first and after the last stands one that merges with
// none. What is compared is rank and position in one number: the least is the leftmost of the lowest rank.
std::span<const std::uint32_t> Merger::merge_short(std::string_view bytes) {
  constexpr std::size_t kRow = 16;
  constexpr std::uint32_t kNone = kNoRank << 8;
  constexpr std::uint32_t kBorder = kMaxTokenId + 1;
  static_assert((kShort + 1) % kRow == 0);
  const std::size_t n = bytes.size();
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i - 1]); };
  std::uint32_t symbols[kShort + 2];
  std::uint32_t pairs[kShort + 1];  // of each symbol with the one after it
  std::uint8_t next[kShort + 2];
  std::uint8_t previous[kShort + 2];
  const auto pair = [&](std::size_t left, std::size_t right) {
    return merges_->rank(symbols[left], symbols[right]) << 8 | static_cast<std::uint32_t>(left);
  };
  const bool is_short = n < kRow;
  const std::size_t step = is_short ? 4 : kRow;
  for (std::size_t i = n / step * step; i < n / step * step + step; ++i) pairs[i] = kNone;
  pairs[0] = kNone;
  symbols[0] = symbols[n + 1] = kBorder;
  for (std::size_t i = 1; i <= n; ++i) {
    symbols[i] = merges_->byte_id(byte(i));
    next[i] = static_cast<std::uint8_t>(i + 1);
    previous[i] = static_cast<std::uint8_t>(i - 1);
  }
  for (std::size_t i = 1; i < n; ++i) pairs[i] = merges_->rank_of_bytes(byte(i), byte(i + 1)) << 8 | static_cast<std::uint32_t>(i);
  for (;;) {
    const std::uint32_t least = is_short ? least_of_fours(pairs, n + 1) : least_of_sixteens(pairs, n + 1);
    if (least >= kNone) break;
    const std::size_t at = least & 0xFF;
    const std::size_t right = next[at];
    const std::size_t after = next[right];
    const std::size_t before = previous[at];
    symbols[at] = merges_->merged(least >> 8);
    next[at] = static_cast<std::uint8_t>(after);
    previous[after] = static_cast<std::uint8_t>(at);
    pairs[right] = kNone;
    pairs[at] = pair(at, after);
    pairs[before] = pair(before, at);
  }
  std::size_t count = 0;
  for (std::size_t i = 1; i <= n; i = next[i]) short_ids_[count++] = symbols[i];
  return {short_ids_, count};
}

void Merger::merge_window(std::string_view bytes, std::vector<std::uint32_t>& ids) {
  const auto n = static_cast<std::uint32_t>(bytes.size());
  symbol_.resize(n);
  next_.resize(n);
  previous_.resize(n);
  ranks_.assign(n, kNoRank);
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  for (std::uint32_t i = 0; i < n; ++i) {
    symbol_[i] = merges_->byte_id(byte(i));
    next_[i] = i + 1;
    previous_[i] = i - 1;
    if (i + 1 < n) ranks_.numbers()[i] = merges_->rank_of_bytes(byte(i), byte(i + 1));
  }
  ranks_.build();
  while (ranks_.least() != kNoRank) {
    const auto at = static_cast<std::uint32_t>(ranks_.leftmost_least());
    const std::uint32_t right = next_[at];
    symbol_[at] = merges_->merged(ranks_[at]);
    next_[at] = next_[right];
    ranks_.set(right, kNoRank);
    ranks_.set(at, next_[at] < n ? merges_->rank(symbol_[at], symbol_[next_[at]]) : kNoRank);
    if (next_[at] < n) previous_[next_[at]] = at;
    if (at > 0) ranks_.set(previous_[at], merges_->rank(symbol_[previous_[at]], symbol_[at]));
  }
  ids.clear();
  for (std::uint32_t i = 0; i < n; i = next_[i]) ids.push_back(symbol_[i]);
}

bool Merger::stays_apart(std::uint32_t left, std::uint32_t right) {
  seam_.assign(vocabulary_->bytes(left));
  seam_ += vocabulary_->bytes(right);
  merge_window(seam_, seam_ids_);
  return seam_ids_.size() == 2 && seam_ids_[0] == left && seam_ids_[1] == right;
}

// Tokens are those of the whole exactly when every two neighbours, merged on their own, become just these two again: a first merge
// across a border would also be made there. So a window is merged at a time, its last tokens, which may still change, are left to
// the next one, and the one new pair of neighbours is checked. Should it fail, the next window starts earlier and is twice as long.
std::span<const std::uint32_t> Merger::merge_long(std::string_view bytes) {
  ids_.clear();
  std::size_t window = kWindow;
  for (std::size_t at = 0;;) {
    const std::size_t size = std::min(window, bytes.size() - at);
    if (size > UINT32_MAX - 1) fail(ErrorKind::input, "a run of {} bytes without a break cannot be tokenized", bytes.size());
    merge_window(bytes.substr(at, size), window_ids_);
    if (!ids_.empty() && !stays_apart(ids_.back(), window_ids_.front())) {
      for (std::size_t back = 0; back < window && !ids_.empty(); ids_.pop_back()) {
        back += length(ids_.back());
        at -= length(ids_.back());
      }
      window *= 2;
      continue;
    }
    if (at + size == bytes.size()) {
      ids_.insert(ids_.end(), window_ids_.begin(), window_ids_.end());
      return ids_;
    }
    std::size_t kept = 0;
    std::size_t kept_bytes = 0;
    while (kept < window_ids_.size() && kept_bytes + length(window_ids_[kept]) <= size - size / 8) {
      kept_bytes += length(window_ids_[kept++]);
    }
    if (kept == 0) window *= 2;  // a token longer than the window
    ids_.insert(ids_.end(), window_ids_.begin(), window_ids_.begin() + static_cast<std::ptrdiff_t>(kept));
    at += kept_bytes;
  }
}

}  // namespace quern
