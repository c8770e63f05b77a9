#pragma once
// Rows (band key, place) of one pass, spread by key into parts so small that a part is grouped inside the cache.

#include "near/buckets.hpp"
#include "near/place.hpp"
#include "quern/base/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quern {

#pragma pack(push, 1)
struct BandRow {
  std::uint64_t key;
  Place48 place;
};
#pragma pack(pop)
static_assert(sizeof(BandRow) == 14);

/// Collects rows and groups those of equal key. Each row is written once, into the part of its key, when it comes, and read once, when its
/// part is grouped: no copy of all rows is ever made. Parts are lists of chunks of 4 KiB.
/// Memory: 14 bytes a row, half a chunk for each part (below 3 % at the expected number of rows, 2 MiB at most), and 36 bytes
/// for each row of the largest part.
class BandRows {
 public:
  /// `expected_rows` decides how many parts there are, which costs time only.
  explicit BandRows(std::uint64_t expected_rows);

  void add(std::span<const BandRow> rows);

  /// Appends the keys of two and more rows as buckets, places ascending in each, and forgets all rows. The order of the buckets
  /// follows that of the rows: nothing may depend on it.
  void group(Buckets& buckets);

 private:
  static constexpr std::size_t kChunkBytes = 4096;
  static constexpr std::size_t kRowsPerChunk = kChunkBytes / sizeof(BandRow);
  static constexpr std::size_t kChunksPerSlab = kSlabBytes / kChunkBytes;

  /// Rows whose key has the same upper bits; all chunks but the last are full.
  struct Part {
    std::vector<BandRow*> chunks;
  };
  /// The rows of one part, unpacked, and a hash table over them.
  struct Table {
    std::vector<std::uint64_t> keys, places;
    std::vector<std::uint32_t> next;   ///< per row, 1 + the row of the same key before it; 0: none
    std::vector<std::uint32_t> slots;  ///< 1 + the last row of a key
    std::vector<std::uint32_t> shared;  ///< slots of two and more rows
    void clear(std::size_t rows);
  };

  BandRow* new_chunk();
  static std::size_t rows_in(const Part& part, const BandRow* end);
  void link(const Part& part, std::size_t rows);
  void emit(Buckets& buckets);

  int part_shift_;                 ///< the upper bits of a spread key are the number of its part
  std::vector<BandRow*> ends_;     ///< per part, where its next row goes
  std::vector<Part> parts_;
  std::vector<Slab> slabs_;
  std::size_t chunks_used_ = 0;
  Table table_;
};

}  // namespace quern
