#pragma once
// The bytes of an HTML file → UTF-8.

#include <string>
#include <string_view>

namespace quern {

/// UTF-8 as it is (without a byte order mark); anything else is taken for windows-1252, as browsers do with what names no charset
/// (WHATWG Encoding: its five free bytes are control characters). The result is valid UTF-8 whatever the bytes are.
std::string decode_html(std::string_view bytes);

}  // namespace quern
