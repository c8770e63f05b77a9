#pragma once
// Work units: what rank 0 hands out. Nothing that is computed depends on how the input is cut into them.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace quern {

/// Of a file that was not listed by a plan: its time is not looked at.
inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

/// A range of one input file. A record belongs to the piece in which its first byte lies.
struct Piece {
  std::uint32_t file = 0;        ///< number of the file in input order
  std::uint16_t entry = 0;       ///< number of the `input` entry it came from
  std::string path;              ///< where to open it
  std::string name;              ///< path below the entry's fixed prefix: the same when the corpus is moved
  std::uint64_t file_bytes = 0;  ///< size of the whole file on disk
  std::uint64_t begin = 0;       ///< first byte on disk (compressed bytes for a compressed file)
  std::uint64_t end = 0;         ///< one past the last byte; begin == 0 and end == file_bytes: the whole file
  std::int64_t modified_ns = kNoTime;  ///< time of the file's last change when the run was planned

  bool whole() const { return begin == 0 && end == file_bytes; }
};

/// A file, a run of small files, or a piece of a large one. Numbered in input order.
struct Unit {
  std::uint64_t number = 0;
  std::uint64_t estimated_bytes = 0;  ///< decompressed, by a fixed guess; only orders and balances the work
  std::vector<Piece> pieces;
  /// It goes on in the file in which the unit before it ends: cheapest for the rank that has just read that one.
  bool continues = false;
  /// Decompressed bytes, by the same guess, that are passed over when it is begun without the unit before; 0 for plain files.
  std::uint64_t passed_bytes = 0;
};

}  // namespace quern
