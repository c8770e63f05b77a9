#pragma once
// Characters, and what may stand beside a match.

#include "quern/text/unicode.hpp"

#include <cstddef>
#include <string_view>

namespace quern {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter_ascii(char c) noexcept { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_alnum(char c) noexcept { return is_digit(c) || is_letter_ascii(c); }
constexpr bool is_token(char c) noexcept { return is_alnum(c) || c == '_' || c == '-'; }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || (is_letter_ascii(c) && (c | 0x20) <= 'f'); }
constexpr bool is_high(char c) noexcept { return static_cast<unsigned char>(c) >= 0x80; }
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The byte at `at`, or a line end outside the text.
constexpr char byte_at(std::string_view text, std::size_t at) noexcept { return at < text.size() ? text[at] : '\n'; }
constexpr char byte_before(std::string_view text, std::size_t at) noexcept { return at > 0 ? text[at - 1] : '\n'; }

/// A letter, mark or number of the alphabets with upper and lower case (Latin, Greek, Cyrillic, Armenian, Georgian, ...): beside these a
/// match is part of a longer word. Other scripts are written without spaces, or put particles directly behind a foreign word.
inline bool is_cased_word(char32_t c) noexcept {
  const bool cased = c < 0x590 || (c >= 0x10A0 && c < 0x1100) || (c >= 0x1C80 && c < 0x2000) || (c >= 0x2C00 && c < 0x2E00) ||
                     (c >= 0xA640 && c < 0xA800) || (c >= 0xAB30 && c < 0xAB70);
  return cased && (is_letter(c) || is_mark(c) || is_number(c));
}

/// Where the character that ends at `at` > 0 begins.
inline std::size_t begin_of_previous(std::string_view text, std::size_t at) noexcept {
  do --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

/// Whether the character that begins (ends) at `at` makes what lies on the other side part of a longer word.
inline bool joins_at(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return false;
  if (!is_high(text[at])) return is_alnum(text[at]) || text[at] == '_';
  return is_cased_word(next_code_point(text, at));
}
inline bool joins_before(std::string_view text, std::size_t at) noexcept {
  if (at == 0) return false;
  if (!is_high(text[at - 1])) return is_alnum(text[at - 1]) || text[at - 1] == '_';
  std::size_t from = begin_of_previous(text, at);
  return is_cased_word(next_code_point(text, from));
}

inline std::size_t end_of_digits(std::string_view text, std::size_t at, std::size_t limit) noexcept {
  const std::size_t stop = at + limit < text.size() ? at + limit : text.size();
  while (at < stop && is_digit(text[at])) ++at;
  return at;
}

}  // namespace quern
