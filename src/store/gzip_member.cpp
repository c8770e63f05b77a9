#include "store/gzip_member.hpp"

#include "store/inflate.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kFixedHeaderBytes = 10;
constexpr std::size_t kGlanceBytes = 2u << 10;
constexpr std::size_t kSampleBytes = 64u << 10;
constexpr std::uint64_t kConvincingBytes = 16u << 10;

enum Flag : unsigned { kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xE0 };

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | byte_at(bytes, at + i);
  return value;
}

/// End of the zero-terminated string at `at`; beyond the bytes when it does not end there.
std::size_t end_of_string(std::string_view bytes, std::size_t at) {
  const std::size_t zero = at < bytes.size() ? bytes.find('\0', at) : std::string_view::npos;
  return zero == std::string_view::npos ? bytes.size() + 1 : zero + 1;
}

/// Whether what can be seen of a member in its first `most` bytes decodes.
bool member_decodes_at(const InputWindow& window, std::uint64_t offset, std::size_t most) {
  const std::string bytes = read_part(window, offset, most);
  const GzipHeader header = parse_gzip_header(bytes);
  if (header.cut_short || !header.why.empty()) return header.cut_short && bytes.size() == most && most < kSampleBytes;
  const std::string_view deflated = std::string_view(bytes).substr(header.bytes);
  const InflatedPrefix prefix = inflate_prefix(deflated, kConvincingBytes);
  if (prefix.failed) return false;
  const bool seen_all = bytes.size() < most || most >= kSampleBytes;
  if (!prefix.finished) return prefix.bytes_out >= kConvincingBytes || !seen_all;
  if (deflated.size() < prefix.bytes_in + kGzipTrailerBytes) return !seen_all;
  return parse_gzip_trailer(deflated.substr(prefix.bytes_in)).crc == prefix.crc;
}

/// The size of a file of one member: its trailer tells it modulo 2^32, the sample how large about it must be.
std::uint64_t size_near(std::uint64_t guess, std::uint32_t size_modulo) {
  constexpr std::uint64_t kModulus = 1ull << 32;
  if (guess <= size_modulo) return size_modulo;
  return size_modulo + (guess - size_modulo + kModulus / 2) / kModulus * kModulus;
}

}  // namespace

bool begins_gzip_member(std::string_view bytes) noexcept { return bytes.starts_with("\x1f\x8b\x08"); }

GzipHeader parse_gzip_header(std::string_view bytes) {
  if (bytes.size() >= 3 && !begins_gzip_member(bytes)) return {0, "no gzip header", false};
  if (bytes.size() < kFixedHeaderBytes) return {0, {}, true};
  const unsigned flags = byte_at(bytes, 3);
  if ((flags & kReserved) != 0) return {0, "reserved bits are set in the header", false};
  std::size_t at = kFixedHeaderBytes;
  if ((flags & kExtra) != 0) {
    if (bytes.size() < at + 2) return {0, {}, true};
    at += 2 + little_endian(bytes, at, 2);
  }
  if ((flags & kName) != 0) at = end_of_string(bytes, at);
  if ((flags & kComment) != 0) at = end_of_string(bytes, at);
  const std::size_t end = at + ((flags & kHeaderCrc) != 0 ? 2 : 0);
  if (end > bytes.size()) return {0, {}, true};
  if (end > at && little_endian(bytes, at, 2) != (gzip_crc(0, bytes.data(), at) & 0xFFFF)) {
    return {0, "wrong checksum of the header", false};
  }
  return {end, {}, false};
}

GzipTrailer parse_gzip_trailer(std::string_view bytes) { return {little_endian(bytes, 0, 4), little_endian(bytes, 4, 4)}; }

GzipRatio estimate_gzip_ratio(const InputWindow& window) {
  const std::string head = read_part(window, 0, kSampleBytes);
  const GzipHeader header = parse_gzip_header(head);
  if (header.cut_short || !header.why.empty()) return {};
  const InflatedPrefix sample = inflate_prefix(std::string_view(head).substr(header.bytes), UINT64_MAX);
  const GzipRatio ratio{std::max<std::uint64_t>(sample.bytes_out, 1), std::max<std::uint64_t>(sample.bytes_in, 1)};
  if (sample.finished || sample.failed || window.file_bytes() < kSampleBytes) return ratio;
  const std::uint64_t guess = window.file_bytes() / ratio.on_disk * ratio.decompressed;
  const std::string trailer = read_part(window, window.file_bytes() - kGzipTrailerBytes, kGzipTrailerBytes);
  const std::uint64_t size = size_near(guess, parse_gzip_trailer(trailer).size);
  // Far off: the last member is not the only one.
  return size < guess / 2 || size / 2 > guess ? ratio : GzipRatio{std::max<std::uint64_t>(size, 1), window.file_bytes()};
}

std::optional<std::uint64_t> find_gzip_member(const InputWindow& window, std::uint64_t from) {
  constexpr std::size_t kBlock = 256u << 10;
  constexpr std::string_view kMagic = "\x1f\x8b\x08";
  while (from + kMagic.size() <= window.file_bytes()) {
    const std::string block = read_part(window, from, kBlock);
    for (std::size_t at = block.find(kMagic); at != std::string::npos; at = block.find(kMagic, at + 1)) {
      // The few bytes first: most of what looks like a member is none.
      const bool decodes = member_decodes_at(window, from + at, kGlanceBytes) && member_decodes_at(window, from + at, kSampleBytes);
      if (decodes) return from + at;
    }
    from += block.size() - (kMagic.size() - 1);
  }
  return std::nullopt;
}

}  // namespace quern
