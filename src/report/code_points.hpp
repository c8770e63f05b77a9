#pragma once
// Characters of valid UTF-8, one by one.

#include <cstddef>
#include <string_view>

namespace quern {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};

/// The character that begins at `at`; a cut one at the end of the text is what there is of it.
inline CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes > text.size() - at) bytes = text.size() - at;
  char32_t value = bytes == 1 ? lead : lead & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
  return {value, bytes};
}

/// Characters that are not seen, or change what is seen around them: controls but tab and newline, direction marks, invisible ones, tags.
inline bool is_unseen(char32_t c) {
  if (c < 0x20) return c != '\n' && c != '\t';
  return (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x34f || c == 0x61c || c == 0x180e || c == 0x200b || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff) || (c & 0xfffe) == 0xfffe;
}

}  // namespace quern
