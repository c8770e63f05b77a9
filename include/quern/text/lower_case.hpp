#pragma once
// Unicode's default lower-casing, of one fixed Unicode version (kUnicodeVersion).

#include <string>

namespace quern {

/// toLowercase of valid UTF-8 (Unicode 15.0, section 3.13, R2), of no language: with the final sigma, and U+0130 becomes i and U+0307.
/// The result is valid UTF-8, perhaps longer, and lower-casing it again changes nothing. Linear; a text of ASCII is changed in place.
void lower_case(std::string& text);

}  // namespace quern
