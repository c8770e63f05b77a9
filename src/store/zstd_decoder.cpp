#include "store/zstd_decoder.hpp"

#include "quern/base/error.hpp"

#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace quern {

namespace {

}  // namespace

struct ZstdDecoder::Context {
  Context() : stream(ZSTD_createDCtx()) {
    if (!stream) fail(ErrorKind::internal, "zstd cannot be started: out of memory");
    const std::size_t result = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, kMostZstdWindowLog);
    if (ZSTD_isError(result)) fail(ErrorKind::internal, "zstd: {}", ZSTD_getErrorName(result));
  }
  ~Context() { ZSTD_freeDCtx(stream); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ZSTD_DCtx* stream;
};

ZstdDecoder::ZstdDecoder(InputWindow& window, std::uint64_t max_window_bytes)
    : window_(window), max_window_bytes_(max_window_bytes) {}
ZstdDecoder::~ZstdDecoder() = default;

void ZstdDecoder::start(const DiskRange& range) {
  window_.seek(0);
  side_ = SideOfPlace(range);
  if (!context_) context_ = std::make_unique<Context>();
  state_ = State::boundary;
}

StreamStep ZstdDecoder::next(char* to, std::size_t room) {
  for (;;) {
    std::optional<StreamStep> step;
    switch (state_) {
      case State::boundary: step = enter_frame(); break;
      case State::block: step = read_block(to, room); break;
      case State::flush: step = flush(to, room); break;
      case State::checksum: step = check_checksum(); break;
      case State::end: return end_step();
    }
    if (step) return *std::move(step);
  }
}

/// The library asks the system for the whole window, but of memory only what content comes into it. So a damaged header that speaks of a
/// gigabyte does not end a run: what follows it says how much there can be.
bool ZstdDecoder::needs_more_than_allowed(const ZstdFrameHeader& header) const {
  if (header.window_bytes <= max_window_bytes_ || header.window_bytes > 1ull << kMostZstdWindowLog) return false;
  return most_zstd_content(window_, frame_ + header.bytes, max_window_bytes_ + 1) > max_window_bytes_;
}

std::optional<StreamStep> ZstdDecoder::enter_frame() {
  if (window_.at_end()) {
    state_ = State::end;
    return end_step();
  }
  frame_ = window_.offset();
  window_.need(kMostZstdHeaderBytes);
  const ZstdFrameHeader header = parse_zstd_frame_header(window_.view());
  if (header.cut_short) return damaged(frame_ + 1, fmt::format("the file ends inside the header of the zstd frame at byte {}", frame_));
  if (!header.why.empty()) return damaged(frame_ + 1, fmt::format("byte {}: {}", frame_, header.why));
  if (header.skippable) return skip_frame(header.bytes);
  if (needs_more_than_allowed(header)) {
    fail(ErrorKind::plan, "{}: the zstd frame at byte {} needs a window of {} bytes, {} are allowed: raise memory_per_rank",
         window_.file().path(), frame_, header.window_bytes, max_window_bytes_);
  }
  ZSTD_DCtx_reset(context_->stream, ZSTD_reset_session_only);
  std::size_t written = 0;
  char none = 0;
  // The header alone: given a whole small frame, the library would decode it in one go, and keep nothing of it if a block is damaged.
  if (const char* const why = feed(header.bytes, &none, 0, written)) return damaged(frame_ + 1, fmt::format("byte {}: {}", frame_, why));
  ++begun_;
  has_checksum_ = header.has_checksum;
  state_ = State::block;
  return std::nullopt;
}

std::optional<StreamStep> ZstdDecoder::skip_frame(std::uint64_t bytes) {
  if (bytes > window_.file_bytes() - frame_) {
    return damaged(frame_ + 1, fmt::format("the file ends inside the skippable zstd frame at byte {}", frame_));
  }
  window_.seek(frame_ + bytes);
  return std::nullopt;
}

const char* ZstdDecoder::feed(std::size_t bytes, char* to, std::size_t room, std::size_t& written) {
  ZSTD_inBuffer in{window_.view().data(), bytes, 0};
  ZSTD_outBuffer out{to, room, 0};
  do {
    const std::size_t in_before = in.pos;
    const std::size_t out_before = out.pos;
    const std::size_t result = ZSTD_decompressStream(context_->stream, &out, &in);
    if (ZSTD_isError(result)) {
      // No damage: with more memory it would be read.
      if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) {
        fail(ErrorKind::plan, "{}: no memory for the window of the zstd frame at byte {}", window_.file().path(), frame_);
      }
      return ZSTD_getErrorName(result);
    }
    if (in.pos == in_before && out.pos == out_before) break;
  } while (in.pos < in.size && out.pos < out.size);
  window_.consume(in.pos);
  // At the end of a frame the library holds back the last byte until all output is taken: it is fed again then.
  unfed_ = in.size - in.pos;
  written = out.pos;
  return nullptr;
}

std::optional<StreamStep> ZstdDecoder::read_block(char* to, std::size_t room) {
  const std::uint64_t offset = window_.offset();
  if (!window_.need(kZstdBlockHeaderBytes)) return damaged_frame(offset, "the file ends inside it");
  const ZstdBlockHeader block = parse_zstd_block_header(window_.view());
  if (!block.valid) return damaged_frame(offset, "the block header is damaged");
  if (!window_.need(block.bytes)) return damaged_frame(offset, "the file ends inside it");
  side_.advance_to(offset);
  last_block_ = block.last;
  std::size_t written = 0;
  if (const char* const why = feed(block.bytes, to, room, written)) return damaged_frame(offset, why);
  return fed(written, room);
}

std::optional<StreamStep> ZstdDecoder::flush(char* to, std::size_t room) {
  const std::uint64_t offset = window_.offset();
  std::size_t written = 0;
  if (const char* const why = feed(unfed_, to, room, written)) return damaged_frame(offset, why);
  if (written == 0 && unfed_ > 0) return damaged_frame(offset, "the decoder makes no progress");
  return fed(written, room);
}

std::optional<StreamStep> ZstdDecoder::fed(std::size_t written, std::size_t room) {
  if (unfed_ > 0 || written == room) {
    state_ = State::flush;
  } else {
    state_ = !last_block_ ? State::block : has_checksum_ ? State::checksum : State::boundary;
  }
  if (written == 0) return std::nullopt;
  return data_step(written, side_.side());
}

std::optional<StreamStep> ZstdDecoder::check_checksum() {
  const std::uint64_t offset = window_.offset();
  if (!window_.need(kZstdChecksumBytes)) return damaged_frame(offset, "the file ends inside its checksum");
  std::size_t written = 0;
  char none = 0;
  if (feed(kZstdChecksumBytes, &none, 0, written)) return wrong_checksum(damaged_frame(offset, "its checksum is wrong"));
  state_ = State::boundary;
  return std::nullopt;
}

StreamStep ZstdDecoder::damaged_frame(std::uint64_t found, const char* why) {
  return damaged(std::max(frame_ + 1, found),
                 fmt::format("the zstd frame at byte {} is damaged: {} (found at byte {})", frame_, why, found));
}

StreamStep ZstdDecoder::damaged(std::uint64_t search_from, const std::string& why) {
  const std::optional<std::uint64_t> next = find_zstd_frame(window_, search_from);
  if (!next) {
    state_ = State::end;
    return damage_step(why + "; nothing behind it can be read");
  }
  window_.seek(*next);
  state_ = State::boundary;
  return damage_step(fmt::format("{}; reading goes on at byte {}", why, *next));
}

}  // namespace quern
