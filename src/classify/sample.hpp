#pragma once
// The part of a text that a language model looks at.

#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

/// Number of windows into a text that is too long to be looked at as a whole.
inline constexpr std::uint64_t kWindows = 4;

/// The whole text when it has at most `bytes`; else kWindows windows of bytes / kWindows at equal distances, the first at the beginning, the
/// last at the end, each cut to whole characters, a line for each, in `to`. `text` may be any bytes; of valid UTF-8 the windows are valid.
std::string_view take_windows(std::string_view text, std::uint64_t bytes, std::string& to);

/// Appends to `to` what of `text` is prose (docs/language.md): without fenced and inline code, tags, targets of links, and words of ASCII that
/// look like code or addresses. Valid UTF-8 stays so. Linear time.
void append_prose(std::string_view text, std::string& to);

}  // namespace quern
