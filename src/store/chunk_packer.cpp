#include "quern/store/chunk_packer.hpp"

#include "quern/base/error.hpp"

#include <isa-l.h>

#include <vector>

namespace quern {

namespace {

constexpr std::size_t kMostBytes = 1u << 30;  // isa-l counts in 32 bits

/// Stored blocks of 65,535 bytes with 5 bytes each, the head and tail of the stream, and what isa-l wants to have free.
std::size_t room_for(std::size_t bytes) { return bytes + bytes / 1000 + 1024; }

/// The byte `n` of each number side by side.
void shuffle_bytes(std::string_view from, std::size_t number_bytes, char* to) {
  const std::size_t numbers = from.size() / number_bytes;
  for (std::size_t n = 0; n < number_bytes; ++n) {
    for (std::size_t i = 0; i < numbers; ++i) *to++ = from[i * number_bytes + n];
  }
}

}  // namespace

struct ChunkPacker::State {
  State(std::size_t bytes, bool shuffled_too) : number_bytes(bytes), shuffle(shuffled_too) {}
  std::size_t number_bytes;
  bool shuffle;
  std::vector<std::uint8_t> level_buffer = std::vector<std::uint8_t>(ISAL_DEF_LVL1_DEFAULT);
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
  s.packed.resize(room_for(chunk.size()));
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.level = kDeflateLevel;
  stream.level_buf = s.level_buffer.data();
  stream.level_buf_size = static_cast<std::uint32_t>(s.level_buffer.size());
  stream.gzip_flag = IGZIP_ZLIB;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(chunk.data()));
  stream.avail_in = static_cast<std::uint32_t>(chunk.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(s.packed.data());
  stream.avail_out = static_cast<std::uint32_t>(s.packed.size());
  const int result = isal_deflate_stateless(&stream);
  if (result != COMP_OK) fail(ErrorKind::internal, "isa-l cannot pack a chunk of {} bytes: error {}", chunk.size(), result);
  return std::string_view(s.packed).substr(0, stream.total_out);
}

}  // namespace quern
