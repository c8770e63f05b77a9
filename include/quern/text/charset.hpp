#pragma once
// Bytes in any charset of the web → UTF-8. Which charset: WHATWG Encoding Standard (labels) and HTML Standard, 13.2.3.2 (prescan).

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

/// The encoding that a label names ("latin1", " ISO-8859-1 " → "windows-1252"), by the table of the Encoding Standard, section 4.2; empty: none.
/// The encodings that the standard forbids (hz-gb-2312, iso-2022-kr, iso-2022-cn) are known: here no script can be hidden in them.
std::string_view charset_of_label(std::string_view label) noexcept;

/// utf-8, utf-16be or utf-16le by a byte order mark; empty: there is none.
std::string_view charset_of_bom(std::string_view bytes) noexcept;

/// By a `<meta charset>` or `<meta http-equiv=content-type content=…>` among the first 1024 bytes ("prescan a byte stream to determine its
/// encoding"); empty: none is declared there.
std::string_view charset_of_meta(std::string_view bytes) noexcept;

/// The charset of an HTML page: by its byte order mark, else `http_charset` (a label, as the server gave it; empty: none), else its meta
/// elements; of a page without any, utf-8 when all of it is valid UTF-8, and windows-1252 otherwise. Never empty.
std::string_view charset_of_html(std::string_view bytes, std::string_view http_charset) noexcept;
/// The same for plain text, which has no meta elements.
std::string_view charset_of_text(std::string_view bytes, std::string_view http_charset) noexcept;

/// Puts the text into `out`, as valid UTF-8 without a byte order mark. `charset` is a result of the functions above (another name throws
/// Error{internal}). What is no character of the charset becomes U+FFFD; of utf-8 one for each maximal subpart.
/// Tables: ICU's, named in src/text/charset.cpp; utf-8, windows-1252 and iso-8859-16 are decoded here. Linear; `out` has at most three times
/// the bytes.
void to_utf8(std::string_view bytes, std::string_view charset, std::string& out);

}  // namespace quern
