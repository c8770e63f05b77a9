#include "store/zstd_frame.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>

namespace quern {

namespace {

constexpr std::size_t kSkippableHeaderBytes = 8;

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool is_skippable(std::uint64_t magic) { return (magic & 0xFFFFFFF0u) == 0x184D2A50u; }

/// Window_Descriptor: an exponent and eighths of it (RFC 8878, 3.1.1.1.2).
std::uint64_t window_of(std::uint64_t descriptor) {
  const std::uint64_t base = 1ull << (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

struct Context {
  Context() : stream(ZSTD_createDCtx()) {}
  ~Context() { ZSTD_freeDCtx(stream); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ZSTD_DCtx* stream;
};

bool first_block_decodes(std::string_view frame, const ZstdFrameHeader& header) {
  const std::string_view rest = frame.substr(header.bytes);
  if (rest.size() < kZstdBlockHeaderBytes) return false;
  const ZstdBlockHeader block = parse_zstd_block_header(rest);
  if (!block.valid || block.bytes > rest.size()) return false;
  const Context context;
  if (!context.stream || ZSTD_isError(ZSTD_DCtx_setParameter(context.stream, ZSTD_d_windowLogMax, kMostZstdWindowLog))) return false;
  const auto output = std::make_unique_for_overwrite<char[]>(kMostZstdBlockBytes);
  ZSTD_outBuffer to{output.get(), kMostZstdBlockBytes, 0};
  // The header alone first: given a whole small frame, the library would decode it in one go, and not say where it failed.
  ZSTD_inBuffer from{frame.data(), header.bytes, 0};
  if (ZSTD_isError(ZSTD_decompressStream(context.stream, &to, &from))) return false;
  from = {rest.data(), block.bytes, 0};
  while (from.pos < from.size) {
    to.pos = 0;
    if (ZSTD_isError(ZSTD_decompressStream(context.stream, &to, &from))) return false;
  }
  return true;
}

bool frame_decodes_at(const InputWindow& window, std::uint64_t offset) {
  constexpr std::size_t kMostHeaders = kMostZstdHeaderBytes + kZstdBlockHeaderBytes;
  const ZstdFrameHeader header = parse_zstd_frame_header(read_part(window, offset, kMostHeaders));
  if (header.cut_short || !header.why.empty() || header.window_bytes > 1ull << kMostZstdWindowLog) return false;
  if (!header.skippable) return first_block_decodes(read_part(window, offset, kMostHeaders + kMostZstdBlockBytes), header);
  const std::uint64_t left = window.file_bytes() - offset;
  return header.bytes == left || (header.bytes < left && begins_zstd_frame(read_part(window, offset + header.bytes, 4)));
}

}  // namespace

bool begins_zstd_frame(std::string_view bytes) noexcept {
  if (bytes.size() < 4) return false;
  const std::uint64_t magic = little_endian(bytes, 0, 4);
  return magic == ZSTD_MAGICNUMBER || is_skippable(magic);
}

ZstdFrameHeader parse_zstd_frame_header(std::string_view bytes) {
  ZstdFrameHeader header;
  if (bytes.size() < 4) {
    header.cut_short = true;
    return header;
  }
  if (!begins_zstd_frame(bytes)) {
    header.why = "no zstd frame";
    return header;
  }
  header.skippable = is_skippable(little_endian(bytes, 0, 4));
  header.cut_short = bytes.size() < (header.skippable ? kSkippableHeaderBytes : 5);
  if (header.cut_short) return header;
  if (header.skippable) {
    header.bytes = kSkippableHeaderBytes + little_endian(bytes, 4, 4);
    return header;
  }
  const auto descriptor = static_cast<unsigned>(little_endian(bytes, 4, 1));
  const bool single_segment = (descriptor & 0x20) != 0;
  constexpr std::size_t kDictionaryIdBytes[] = {0, 1, 2, 4};
  constexpr std::size_t kContentSizeBytes[] = {0, 2, 4, 8};
  const std::size_t window_at = 5;
  const std::size_t size_at = window_at + (single_segment ? 0 : 1) + kDictionaryIdBytes[descriptor & 3];
  const std::size_t size_bytes = descriptor >> 6 == 0 && single_segment ? 1 : kContentSizeBytes[descriptor >> 6];
  header.bytes = size_at + size_bytes;
  header.has_checksum = (descriptor & 4) != 0;
  header.cut_short = bytes.size() < header.bytes;
  if (header.cut_short) return header;
  header.window_bytes = single_segment ? little_endian(bytes, size_at, size_bytes) + (size_bytes == 2 ? 256 : 0)
                                       : window_of(little_endian(bytes, window_at, 1));
  if ((descriptor & 8) != 0) header.why = "a reserved bit is set in the frame header";
  return header;
}

ZstdBlockHeader parse_zstd_block_header(std::string_view bytes) {
  const std::uint64_t fields = little_endian(bytes, 0, kZstdBlockHeaderBytes);
  const std::uint64_t type = fields >> 1 & 3;
  const std::uint64_t size = fields >> 3;
  constexpr std::uint64_t kRepeatedByte = 1, kCompressed = 2, kReserved = 3;
  // A compressed block has at least the headers of its two sections; of an empty one the library makes the end of the frame.
  const bool valid = type != kReserved && (type != kCompressed || size >= 2) && (type == kRepeatedByte || size <= kMostZstdBlockBytes);
  return {(fields & 1) != 0, valid, kZstdBlockHeaderBytes + (type == kRepeatedByte ? 1 : size)};
}

std::optional<std::uint64_t> find_zstd_frame(const InputWindow& window, std::uint64_t from) {
  constexpr std::size_t kBlock = 256u << 10;
  constexpr std::string_view kMagicTail = "\x2a\x4d\x18";  // skippable frames: any of 16 first bytes before it
  constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
  while (from + kMagic.size() <= window.file_bytes()) {
    const std::string block = read_part(window, from, kBlock);
    std::size_t frame = block.find(kMagic);
    std::size_t tail = block.find(kMagicTail, 1);
    while (frame != std::string::npos || tail != std::string::npos) {
      const bool skippable = tail != std::string::npos && (frame == std::string::npos || tail - 1 < frame);
      const std::size_t at = skippable ? tail - 1 : frame;
      const bool plausible = begins_zstd_frame(std::string_view(block).substr(at));
      if (plausible && frame_decodes_at(window, from + at)) return from + at;
      (skippable ? tail : frame) = skippable ? block.find(kMagicTail, tail + 1) : block.find(kMagic, frame + 1);
    }
    from += block.size() - (kMagic.size() - 1);
  }
  return std::nullopt;
}

std::uint64_t most_zstd_content(const InputWindow& window, std::uint64_t offset, std::uint64_t enough) {
  std::uint64_t most = 0;
  while (most < enough) {
    const std::string bytes = read_part(window, offset, kZstdBlockHeaderBytes);
    if (bytes.size() < kZstdBlockHeaderBytes) break;
    const ZstdBlockHeader block = parse_zstd_block_header(bytes);
    if (!block.valid) break;
    most += kMostZstdBlockBytes;
    offset += block.bytes;
    if (block.last) break;
  }
  return most;
}

}  // namespace quern
