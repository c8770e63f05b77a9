#pragma once
// Strings for JSON lines that quern prints.

#include <string>
#include <string_view>

namespace quern {

/// `text` as a JSON string (RFC 8259, section 7), quotes included; invalid UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace quern
