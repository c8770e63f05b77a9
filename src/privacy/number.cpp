#include "characters.hpp"
#include "kinds.hpp"

namespace quern {

namespace {

struct Between {
  std::uint8_t bits = 0;
  std::size_t bytes = 0;
};

/// The separator character at `at`.
Between separator_at(std::string_view text, std::size_t at) noexcept {
  switch (text[at]) {
    case ' ': return {kSpace, 1};
    case '-': return {kHyphen, 1};
    case '.': return {kDot, 1};
    case '/': return {kSlash, 1};
    case '(': return {kOpen, 1};
    case ')': return {kClose, 1};
    case '\xC2': return text.substr(at, 2) == "\u00A0" ? Between{kSpace, 2} : Between{};
    case '\xE2': {
      const std::string_view c = text.substr(at, 3);
      if (c == "\u2010" || c == "\u2011" || c == "\u2012" || c == "\u2013") return {kHyphen, 3};
      return c == "\u2009" || c == "\u202F" ? Between{kSpace, 3} : Between{};
    }
    default: return {};
  }
}

/// What stands before the next digit; no bytes when that is too far, or when one character stands there twice.
Between between_at(std::string_view text, std::size_t at) noexcept {
  Between all;
  for (int n = 0; n < 3 && at + all.bytes < text.size(); ++n) {
    const Between one = separator_at(text, at + all.bytes);
    if (one.bytes == 0 || (all.bits & one.bits) != 0) return {};
    all.bits |= one.bits;
    all.bytes += one.bytes;
    if (is_digit(byte_at(text, at + all.bytes))) return all;
  }
  return {};
}

}  // namespace

Number number_at(std::string_view text, std::size_t at) {
  Number number;
  Between between;
  while (number.groups < Number::kMostGroups) {
    const std::size_t end = end_of_digits(text, at, Number::kMostDigits + 1);
    if (end - at > Number::kMostDigits) break;
    number.group[number.groups++] = {at, end - at, between.bits};
    number.digits += end - at;
    if (end == text.size() || (between = between_at(text, end)).bytes == 0) break;
    at = end + between.bytes;
  }
  return number;
}

bool goes_on_before(std::string_view text, std::size_t begin, bool spaces) {
  if (joins_before(text, begin)) return true;
  const char c = byte_before(text, begin);
  if (c == '-' || c == '.' || c == '/' || c == '#' || c == '+' || c == '$' || c == '%' || c == '\\' || c == '&') return true;
  if (c == ',' || c == ':') return begin >= 2 && is_digit(text[begin - 2]);
  return spaces && c == ' ' && begin >= 2 && is_digit(text[begin - 2]);
}

bool goes_on_after(std::string_view text, std::size_t end, bool spaces) {
  if (joins_at(text, end)) return true;
  const char c = byte_at(text, end);
  const char next = byte_at(text, end + 1);
  if (c == '%') return true;
  if (c == '-' || c == '.' || c == '/' || c == ',') return is_digit(next);
  return spaces && c == ' ' && (is_digit(next) || ((next == '-' || next == '+') && is_digit(byte_at(text, end + 2))));
}

}  // namespace quern
