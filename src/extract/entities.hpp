#pragma once
// Character references: `&amp;`, `&#8217;`, `&#x2019;`.

#include <string>
#include <string_view>

namespace quern {

/// Decodes the character reference at the beginning of `s` (which begins with `&`) onto `out` and returns how many bytes of `s` it
/// takes; 0 when it is none, and nothing is appended. WHATWG HTML, section 13.2.5.72 to 13.2.5.80: numbers of windows-1252's C1 range are
/// taken as that encoding's characters, impossible ones as U+FFFD; the names that HTML knows without a semicolon are found without one.
/// Looks at no more than 40 bytes.
std::size_t decode_entity(std::string_view s, std::string& out);

}  // namespace quern
