#pragma once
// Compressed content that lies whole in memory, as the bodies of HTTP responses do: unfolded up to a bound.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

enum class ContentForm : std::uint8_t {
  gzip,     ///< RFC 1952, one member or more
  deflate,  ///< RFC 1950, or a bare RFC 1951 stream: servers send both by this name
  zstd,     ///< RFC 8878, one frame or more; a window of at most 8 MiB, as browsers take
};

enum class Unfolded : std::uint8_t {
  whole,
  cut,        ///< the content ends too early; `out` has what there is
  damaged,    ///< `out` has what stands before the damage
  too_large,  ///< more than `most` bytes; `out` has no more than them
};

/// `why`: what is wrong, for all but `whole`. Bytes behind the last whole member or frame that begin no other one are passed over.
/// Memory: the output, never more than `most` and a block of it.
Unfolded unfold_content(ContentForm form, std::string_view content, std::size_t most, std::string& out, std::string& why);

/// Whether content says of itself that it has this form. (Some servers name a coding that they have not applied.)
bool looks_like(ContentForm form, std::string_view content) noexcept;

}  // namespace quern
