#pragma once
// Well-formed UTF-8 (Unicode 15.0, table 3-7): check it, find the fault, mend it.

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

/// Offset of the first byte that does not begin a well-formed sequence; s.size() when all is well-formed.
/// No overlong forms, no surrogates, nothing above U+10FFFF, nothing cut short.
std::size_t first_invalid_utf8(std::string_view s) noexcept;

inline bool is_valid_utf8(std::string_view s) noexcept { return first_invalid_utf8(s) == s.size(); }

/// Puts one U+FFFD in the place of each maximal subpart of an ill-formed sequence (Unicode 15.0, section 3.9, "U+FFFD Substitution
/// of Maximal Subparts", the W3C's rule too). Returns how many there were; a text without any is not touched.
std::size_t repair_utf8(std::string& text);

/// Number of code points of valid UTF-8.
std::size_t count_code_points(std::string_view s) noexcept;

}  // namespace quern
