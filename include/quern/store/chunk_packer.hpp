#pragma once
// Chunks of an HDF5 dataset as its filters shuffle and deflate would make them, but by isa-l: several times as fast as HDF5 with zlib.

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

/// Of the stored filter, and of isa-l's levels. Measured on u16 tokens: level 1 580 MB/s and 2.47 : 1, level 0 640 and 2.18, level 3 340 and 2.52;
/// libdeflate's level 1 227 and 2.56. u32: 880 MB/s and 4.1 : 1 behind shuffle, 620 and 4.0 without; u16 loses by it.
inline constexpr unsigned kDeflateLevel = 1;

/// Reuses its buffers: about three times a chunk, and 300 KiB. The same bytes for the same chunk, whatever was packed before.
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
