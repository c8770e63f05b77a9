#include "near/band_rows.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <algorithm>
#include <bit>

namespace quern {

namespace {

constexpr std::uint64_t kRowsPerPart = 8192;
constexpr int kMostPartBits = 10;

/// Fibonacci hashing (Knuth, volume 3, 6.4): the upper bits depend on all bits of the key, so that parts and slots are as even as the keys
/// are different. A rank owns a range of keys, in which the upper bits of the key itself are all the same.
std::uint64_t spread(std::uint64_t key) { return key * 0x9e3779b97f4a7c15u; }

int part_bits(std::uint64_t rows) { return std::clamp(static_cast<int>(std::bit_width(rows / kRowsPerPart)), 1, kMostPartBits); }

}  // namespace

BandRows::BandRows(std::uint64_t expected_rows)
    : part_shift_(64 - part_bits(expected_rows)), ends_(std::size_t{1} << part_bits(expected_rows), nullptr), parts_(ends_.size()) {}

BandRow* BandRows::new_chunk() {
  if (chunks_used_ == slabs_.size() * kChunksPerSlab) slabs_.push_back(make_slab());
  unsigned char* slab = slabs_[chunks_used_ / kChunksPerSlab].get();
  return reinterpret_cast<BandRow*>(slab + chunks_used_++ % kChunksPerSlab * kChunkBytes);
}

void BandRows::add(std::span<const BandRow> rows) {
  // Chunks are aligned, so the end of a part says by itself whether its chunk is full. Null, of a part without rows, looks full too.
  const auto is_full = [](const BandRow* end) {
    return reinterpret_cast<std::uintptr_t>(end) % kChunkBytes >= kRowsPerChunk * sizeof(BandRow) || end == nullptr;
  };
  for (const BandRow& row : rows) {
    const auto part = static_cast<std::size_t>(spread(row.key) >> part_shift_);
    BandRow* end = ends_[part];
    if (is_full(end)) {
      end = new_chunk();
      parts_[part].chunks.push_back(end);
    }
    *end = row;
    ends_[part] = end + 1;
  }
}

std::size_t BandRows::rows_in(const Part& part, const BandRow* end) {
  if (part.chunks.empty()) return 0;
  const std::size_t rows = (part.chunks.size() - 1) * kRowsPerChunk + static_cast<std::size_t>(end - part.chunks.back());
  if (rows >= UINT32_MAX) fail(ErrorKind::internal, "near duplicates: {} band rows in one part of a pass", rows);
  return rows;
}

/// Room for this many rows, and no slot taken.
void BandRows::Table::clear(std::size_t rows) {
  keys.resize(rows);
  places.resize(rows);
  next.resize(rows);
  slots.assign(std::size_t{1} << std::bit_width(2 * rows), 0);
  shared.clear();
}

/// Open addressing with linear probing, at most half full: each slot names the last row of a key, each row the one of its key before it.
void BandRows::link(const Part& part, std::size_t rows) {
  table_.clear(rows);
  std::uint64_t* const keys = table_.keys.data();
  std::uint32_t* const slots = table_.slots.data();
  const std::size_t mask = table_.slots.size() - 1;
  const int shift = std::max(0, part_shift_ - static_cast<int>(std::bit_width(mask)));
  std::uint32_t at = 0;
  for (std::size_t c = 0; c < part.chunks.size(); ++c) {
    const BandRow* const chunk = part.chunks[c];
    const BandRow* const following = c + 1 < part.chunks.size() ? part.chunks[c + 1] : chunk;
    const std::size_t count = std::min(kRowsPerChunk, rows - at);
    for (std::size_t i = 0; i < count; ++i) {
      __builtin_prefetch(following + i);
      const std::uint64_t key = chunk[i].key;
      keys[at] = key;
      table_.places[at] = chunk[i].place;
      std::size_t slot = (spread(key) >> shift) & mask;
      while (slots[slot] != 0 && keys[slots[slot] - 1] != key) slot = (slot + 1) & mask;
      const std::uint32_t before = slots[slot];
      slots[slot] = ++at;
      table_.next[at - 1] = before;
      if (before != 0 && table_.next[before - 1] == 0) table_.shared.push_back(static_cast<std::uint32_t>(slot));
    }
  }
}

void BandRows::emit(Buckets& buckets) {
  std::vector<std::uint64_t>& places = table_.keys;  // no longer needed
  for (const std::uint32_t slot : table_.shared) {
    places.clear();
    for (std::uint32_t row = table_.slots[slot]; row != 0; row = table_.next[row - 1]) places.push_back(table_.places[row - 1]);
    std::sort(places.begin(), places.end());
    buckets.members.insert(buckets.members.end(), places.begin(), places.end());
    buckets.start.push_back(buckets.members.size());
  }
}

void BandRows::group(Buckets& buckets) {
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    beat();
    link(parts_[part], rows_in(parts_[part], ends_[part]));
    emit(buckets);
    parts_[part].chunks.clear();
    ends_[part] = nullptr;
  }
  chunks_used_ = 0;
}

}  // namespace quern
