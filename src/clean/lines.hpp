#pragma once
// Lines of a text: what stands between LFs. A text is its lines joined by LF, before a step and after it.

#include "quern/text/unicode.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace quern {

/// Calls take(line, begin) for each line in order; a text that ends with LF has an empty last line, an empty text one empty line.
template <class Take>
void for_each_line(std::string_view text, Take&& take) {
  for (std::size_t begin = 0;;) {
    const void* const found = begin < text.size() ? std::memchr(text.data() + begin, '\n', text.size() - begin) : nullptr;
    const std::size_t end = found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : text.size();
    take(text.substr(begin, end - begin), begin);
    if (!found) return;
    begin = end + 1;
  }
}

/// Puts together the lines that stay. They may be parts of a text that is written over: lines only move to its front.
class LineSink {
 public:
  explicit LineSink(std::string& text) noexcept : text_(text) {}

  /// `line` is a part of the text, not before what was added last, or a copy of such a part, perhaps shortened.
  void add(std::string_view line) noexcept {
    if (any_) text_.data()[size_++] = '\n';
    if (line.data() != text_.data() + size_) std::memmove(text_.data() + size_, line.data(), line.size());
    size_ += line.size();
    any_ = true;
  }
  void finish() { text_.resize(size_); }

 private:
  std::string& text_;
  std::size_t size_ = 0;
  bool any_ = false;
};

/// Bytes of the white space character (White_Space) that stands at `at`; 0 when there is none.
inline std::size_t white_space_at(std::string_view s, std::size_t at) noexcept {
  if (at >= s.size()) return 0;
  const auto byte = static_cast<unsigned char>(s[at]);
  if (byte < 0x80) return byte == ' ' || byte - 9u < 5 ? 1 : 0;
  std::size_t end = at;
  return is_white_space(next_code_point(s, end)) ? end - at : 0;
}

/// Bytes of the white space character that ends at `end`; 0 when there is none.
inline std::size_t white_space_before(std::string_view s, std::size_t end) noexcept {
  if (end == 0) return 0;
  const auto byte = static_cast<unsigned char>(s[end - 1]);
  if (byte < 0x80) return byte == ' ' || byte - 9u < 5 ? 1 : 0;
  std::size_t begin = end - 1;
  while ((static_cast<unsigned char>(s[begin]) & 0xC0) == 0x80) --begin;
  return white_space_at(s, begin) ? end - begin : 0;
}

/// Without the white space at both ends.
inline std::string_view trimmed(std::string_view s) noexcept {
  while (const std::size_t bytes = white_space_before(s, s.size())) s.remove_suffix(bytes);
  while (const std::size_t bytes = white_space_at(s, 0)) s.remove_prefix(bytes);
  return s;
}

/// Calls take(word) for each maximal run of characters that are not white space; stops when it returns false.
template <class Take>
void for_each_spaced_word(std::string_view s, Take&& take) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= s.size();) {
    const std::size_t space = white_space_at(s, at);
    if (space == 0 && at < s.size()) {
      const auto byte = static_cast<unsigned char>(s[at]);
      at += byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
      continue;
    }
    if (at > begin && !take(s.substr(begin, at - begin))) return;
    begin = at += space == 0 ? 1 : space;
  }
}

}  // namespace quern
