#pragma once
// Chunks of an HDF5 dataset as its filters shuffle and deflate would make them, but by libdeflate: several times as fast as HDF5 with zlib.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

/// How the chunks of a dataset are packed. Every HDF5 library knows these filters; no plug-in is needed to read them.
struct ChunkForm {
  std::uint64_t rows = 0;  ///< of a chunk
  bool shuffle = false;    ///< before it is deflated: first bytes of all numbers, then their second bytes, …
};

/// Of the stored filter, and of libdeflate's levels: on u16 tokens 227 MB/s and 2.56 : 1. isa-l would be at 580 MB/s and 2.47, but its levels 1 and 2
/// give other bytes in other processes (docs/decisions/0012-shards.md).
inline constexpr unsigned kDeflateLevel = 1;

/// Reuses its buffers: about three times a chunk, and 1 MiB. The same bytes for the same chunk, whatever was packed before.
class ChunkPacker {
 public:
  /// `number_bytes`: of each number in a chunk.
  ChunkPacker(std::uint64_t number_bytes, bool shuffle);
  ~ChunkPacker();
  ChunkPacker(ChunkPacker&&) noexcept;
  ChunkPacker& operator=(ChunkPacker&&) noexcept;

  /// A zlib stream (RFC 1950) of a whole number of numbers, at most 1 GiB. Valid until the next call.
  std::string_view pack(std::string_view chunk);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
