#include "quern/store/chunk_packer.hpp"

#include "quern/base/error.hpp"

#include <libdeflate.h>

#include <new>

namespace quern {

namespace {

constexpr std::size_t kMostBytes = 1u << 30;

/// The byte `n` of each number side by side.
void shuffle_bytes(std::string_view from, std::size_t number_bytes, char* to) {
  const std::size_t numbers = from.size() / number_bytes;
  for (std::size_t n = 0; n < number_bytes; ++n) {
    for (std::size_t i = 0; i < numbers; ++i) *to++ = from[i * number_bytes + n];
  }
}

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

}  // namespace

struct ChunkPacker::State {
  State(std::size_t bytes, bool shuffled_too) : number_bytes(bytes), shuffle(shuffled_too), compressor(libdeflate_alloc_compressor(kDeflateLevel)) {
    if (!compressor) throw std::bad_alloc();
  }
  std::size_t number_bytes;
  bool shuffle;
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor;
  std::string shuffled, packed;
};

ChunkPacker::ChunkPacker(std::uint64_t number_bytes, bool shuffle) : state_(std::make_unique<State>(number_bytes, shuffle)) {}
ChunkPacker::~ChunkPacker() = default;
ChunkPacker::ChunkPacker(ChunkPacker&&) noexcept = default;
ChunkPacker& ChunkPacker::operator=(ChunkPacker&&) noexcept = default;

std::string_view ChunkPacker::pack(std::string_view chunk) {
  State& s = *state_;
  if (chunk.size() > kMostBytes || chunk.size() % s.number_bytes != 0) fail(ErrorKind::internal, "a chunk of {} bytes cannot be packed", chunk.size());
  if (s.shuffle) {
    s.shuffled.resize(chunk.size());
    shuffle_bytes(chunk, s.number_bytes, s.shuffled.data());
    chunk = s.shuffled;
  }
  s.packed.resize(libdeflate_zlib_compress_bound(s.compressor.get(), chunk.size()));
  const std::size_t bytes = libdeflate_zlib_compress(s.compressor.get(), chunk.data(), chunk.size(), s.packed.data(), s.packed.size());
  if (bytes == 0) fail(ErrorKind::internal, "libdeflate cannot pack a chunk of {} bytes", chunk.size());
  return std::string_view(s.packed).substr(0, bytes);
}

}  // namespace quern
