#pragma once
// Members of a gzip file (RFC 1952, section 2.3): their headers, how far they unfold, and where the next one is.

#include "store/input_window.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

inline constexpr std::size_t kGzipTrailerBytes = 8;

/// ID1, ID2 and the only method there is.
bool begins_gzip_member(std::string_view bytes) noexcept;

struct GzipHeader {
  std::size_t bytes = 0;
  std::string why;  ///< not empty: this is no header
  bool cut_short = false;  ///< there may be one, but these bytes end inside it
};
GzipHeader parse_gzip_header(std::string_view bytes);

struct GzipTrailer {
  std::uint32_t crc = 0;
  std::uint32_t size = 0;  ///< decompressed, modulo 2^32
};
GzipTrailer parse_gzip_trailer(std::string_view bytes);

/// Decompressed bytes per byte on disk, as a fraction: a guess for the whole file, exact when it is one member.
struct GzipRatio {
  std::uint64_t decompressed = 1;
  std::uint64_t on_disk = 1;
};
GzipRatio estimate_gzip_ratio(const InputWindow& window);

/// Offset of the next member at or behind `from` that decodes: to its end with the right checksum, or for 16 KiB without an error.
std::optional<std::uint64_t> find_gzip_member(const InputWindow& window, std::uint64_t from);

}  // namespace quern
