#include "read/html_text.hpp"

#include "quern/text/unicode.hpp"
#include "quern/text/utf8.hpp"

#include <array>

namespace quern {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// 0x80 to 0x9F; the others of windows-1252 are the code points of their own number.
constexpr std::array<char32_t, 32> kWindows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                   0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

char32_t code_point_of(unsigned char byte) noexcept { return byte - 0x80u < 0x20u ? kWindows1252[byte - 0x80u] : byte; }

std::string from_windows_1252(std::string_view bytes) {
  std::string text(3 * bytes.size(), '\0');
  char* to = text.data();
  for (const char byte : bytes) to = write_utf8(to, code_point_of(static_cast<unsigned char>(byte)));
  text.resize(static_cast<std::size_t>(to - text.data()));
  return text;
}

}  // namespace

std::string decode_html(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return is_valid_utf8(bytes) ? std::string(bytes) : from_windows_1252(bytes);
}

}  // namespace quern
