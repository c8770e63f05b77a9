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
inline constexpr int kMostZstdWindowLog = 31;  ///< the library's limit (64-bit); memory has bounds of its own

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
/// with the file).
std::optional<std::uint64_t> find_zstd_frame(const InputWindow& window, std::uint64_t from);

/// How much the blocks of a frame can hold at most, by their headers; its first block is at `offset`. Ends at a header that is none, with the
/// file, or when it is `enough`. Cost: one small read for each block.
std::uint64_t most_zstd_content(const InputWindow& window, std::uint64_t offset, std::uint64_t enough);

}  // namespace quern
