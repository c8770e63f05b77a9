#pragma once
// The skeleton of zstd frames (RFC 8878, section 3.1): enough to feed a decoder block by block.

#include "store/input_window.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

inline constexpr std::size_t kMostZstdHeaderBytes = 18;
inline constexpr std::size_t kZstdBlockHeaderBytes = 3;
inline constexpr std::size_t kMostZstdBlockBytes = 128u << 10;
inline constexpr std::size_t kZstdChecksumBytes = 4;

/// A frame or a skippable frame.
bool begins_zstd_frame(std::string_view bytes) noexcept;

struct ZstdFrameHeader {
  std::string why;            ///< not empty: this is no header
  bool cut_short = false;     ///< these bytes end inside it
  bool skippable = false;     ///< `bytes` is then the whole frame
  bool has_checksum = false;
  std::uint64_t bytes = 0;
  std::uint64_t window_bytes = 0;
};
ZstdFrameHeader parse_zstd_frame_header(std::string_view bytes);

struct ZstdBlockHeader {
  bool last = false;
  bool valid = true;
  std::size_t bytes = 0;  ///< on disk, with the block header
};
/// `bytes`: at least kZstdBlockHeaderBytes.
ZstdBlockHeader parse_zstd_block_header(std::string_view bytes);

/// Offset of the next frame at or behind `from` whose first block decodes (or that is skippable and ends before another frame or
/// with the file). Frames with a larger window than `max_window_bytes` are passed over.
std::optional<std::uint64_t> find_zstd_frame(const InputWindow& window, std::uint64_t from, std::uint64_t max_window_bytes);

}  // namespace quern
