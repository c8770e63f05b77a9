#include "store/inflate.hpp"

#include "quern/base/error.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kMostPerCall = 1u << 30;  // both libraries count in 32 bits

std::uint32_t bounded(std::size_t bytes) { return static_cast<std::uint32_t>(std::min(bytes, kMostPerCall)); }

// Both libraries take pointers to bytes that they do not write to.
std::uint8_t* input_of(std::string_view bytes) { return reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data())); }

}  // namespace

struct FastInflate::State {
  inflate_state stream;
};

FastInflate::FastInflate() = default;
FastInflate::~FastInflate() = default;

void FastInflate::start() {
  if (!state_) state_ = std::make_unique_for_overwrite<State>();
  isal_inflate_init(&state_->stream);
  state_->stream.crc_flag = ISAL_DEFLATE;
}

InflateStep FastInflate::run(InputWindow& window, char* to, std::size_t room) {
  inflate_state& stream = state_->stream;
  const std::uint32_t all = bounded(room);
  stream.next_out = reinterpret_cast<std::uint8_t*>(to);
  stream.avail_out = all;
  while (stream.avail_out > 0) {
    window.need(1);
    const std::string_view view = window.view();
    const std::uint32_t room_before = stream.avail_out;
    stream.next_in = input_of(view);
    stream.avail_in = bounded(view.size());
    const int result = isal_inflate(&stream);
    if (result < ISAL_DECOMP_OK) return {all - room_before, InflateStep::Status::failed};
    const auto taken = static_cast<std::size_t>(stream.next_in - input_of(view));
    window.consume(taken);
    if (stream.block_state == ISAL_BLOCK_FINISH) {
      // Whole bytes that it had taken into its bit buffer belong to what follows.
      window.seek(window.offset() - static_cast<std::uint64_t>(stream.read_in_length / 8));
      return {all - stream.avail_out, InflateStep::Status::finished};
    }
    const bool progress = taken > 0 || stream.avail_out < room_before;
    if (!progress) return {all - stream.avail_out, window.at_end() ? InflateStep::Status::starved : InflateStep::Status::failed};
  }
  return {all, InflateStep::Status::more};
}

struct ExactInflate::State {
  State() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(ErrorKind::internal, "zlib cannot be started: {}", stream.msg ? stream.msg : "?");
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream{};
};

ExactInflate::ExactInflate() = default;
ExactInflate::~ExactInflate() = default;

void ExactInflate::start() {
  if (!state_) state_ = std::make_unique<State>();
  if (inflateReset(&state_->stream) != Z_OK) fail(ErrorKind::internal, "zlib cannot be started again");
  state_->stream.msg = nullptr;
}

InflateStep ExactInflate::run(InputWindow& window, char* to, std::size_t room) {
  z_stream& stream = state_->stream;
  const std::uint32_t all = bounded(room);
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = all;
  while (stream.avail_out > 0) {
    window.need(1);
    const std::string_view view = window.view();
    stream.next_in = input_of(view);
    stream.avail_in = bounded(view.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    window.consume(static_cast<std::size_t>(stream.next_in - input_of(view)));
    const std::size_t bytes = all - stream.avail_out;
    if (result == Z_STREAM_END) return {bytes, InflateStep::Status::finished};
    if (result == Z_MEM_ERROR) fail(ErrorKind::internal, "zlib: out of memory");
    if (result != Z_OK && result != Z_BUF_ERROR) return {bytes, InflateStep::Status::failed};
    if (result == Z_BUF_ERROR && window.at_end()) return {bytes, InflateStep::Status::starved};
  }
  return {all, InflateStep::Status::more};
}

std::string ExactInflate::why() const { return state_ && state_->stream.msg ? state_->stream.msg : "the deflate stream is damaged"; }

InflatedPrefix inflate_prefix(std::string_view deflated, std::uint64_t most_out) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(ErrorKind::internal, "zlib cannot be started");
  char block[16 << 10];
  InflatedPrefix prefix;
  stream.next_in = input_of(deflated);
  stream.avail_in = bounded(deflated.size());
  int result = Z_OK;
  while (result == Z_OK && prefix.bytes_out < most_out) {
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t bytes = sizeof block - stream.avail_out;
    prefix.crc = gzip_crc(prefix.crc, block, bytes);
    prefix.bytes_out += bytes;
  }
  prefix.bytes_in = deflated.size() - stream.avail_in;
  prefix.finished = result == Z_STREAM_END;
  prefix.failed = result != Z_STREAM_END && result != Z_OK && result != Z_BUF_ERROR;
  inflateEnd(&stream);
  return prefix;
}

std::uint32_t gzip_crc(std::uint32_t crc, const char* bytes, std::size_t size) noexcept {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes), size);
}

}  // namespace quern
