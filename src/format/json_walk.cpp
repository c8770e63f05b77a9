#include "format/json_walk.hpp"

#include "quern/format/json_lines.hpp"
#include "quern/text/unicode.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

namespace quern {

namespace {

// 16 bytes at once, in the compiler's own vector notation: the same source for every instruction set.
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Pairs8 = std::uint16_t __attribute__((vector_size(16)));
using Bytes8 = std::uint8_t __attribute__((vector_size(8)));
constexpr std::size_t kStride = sizeof(Bytes16);
static_assert(kStride <= kJsonPadding);
static_assert(std::endian::native == std::endian::little, "plain_bytes counts from the low end");

Bytes16 load(const char* at) noexcept {
  Bytes16 bytes;
  std::memcpy(&bytes, at, kStride);
  return bytes;
}

/// How many of the bytes stand before the first that a string cannot hold as it is: a quote, a backslash, a control character.
std::size_t plain_bytes(const Bytes16& bytes) noexcept {
  const auto special = (bytes == '"') | (bytes == '\\') | (bytes < 0x20);
  // Half of each mark, so that all of them fit in one word: where the first one stands must not decide a branch.
  const Bytes8 halves = __builtin_convertvector(reinterpret_cast<Pairs8>(special) >> 4, Bytes8);
  std::uint64_t marks = 0;
  std::memcpy(&marks, &halves, sizeof marks);
  return marks == 0 ? kStride : static_cast<std::size_t>(std::countr_zero(marks)) / 4;
}

/// First byte at or behind `at` that a string cannot hold as it is; at most `end` + kStride.
const char* skip_plain(const char* at, const char* end) noexcept {
  while (at < end) {
    const std::size_t plain = plain_bytes(load(at));
    at += plain;
    if (plain < kStride) break;
  }
  return at;
}

/// As skip_plain, and copies what it passes over to `to`; returns where both stand.
std::pair<const char*, char*> copy_plain(const char* at, const char* end, char* to) noexcept {
  while (at < end) {
    const Bytes16 bytes = load(at);
    std::memcpy(to, &bytes, kStride);
    const std::size_t plain = plain_bytes(bytes);
    at += plain;
    to += plain;
    if (plain < kStride) break;
  }
  return {at, to};
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_high_surrogate(unsigned unit) noexcept { return unit - 0xD800 < 0x400; }
bool is_low_surrogate(unsigned unit) noexcept { return unit - 0xDC00 < 0x400; }

/// The character that a one-letter escape stands for; '\0': no such escape.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (const char same : {'"', '\\', '/'}) table[static_cast<unsigned char>(same)] = same;
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}();

int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool is_json_blank(std::string_view line) noexcept {
  for (const char c : line) {
    if (!is_blank(c)) return false;
  }
  return true;
}

bool JsonWalk::fail(const char* error) noexcept {
  error_ = error;
  return false;
}

char JsonWalk::peek() noexcept {
  while (at_ < end_ && is_blank(*at_)) ++at_;
  return at_ < end_ ? *at_ : '\0';
}

bool JsonWalk::at_end() noexcept {
  peek();
  return at_ == end_;
}

bool JsonWalk::string_stopped() noexcept {
  if (at_ < end_) return true;
  at_ = end_;
  return fail("a string without an end");
}

bool JsonWalk::string(JsonString& value) noexcept {
  const char* const from = at_ + 1;
  at_ = skip_plain(from, end_);
  if (!string_stopped()) return false;
  if (*at_ != '"') return unescape(value, from);
  value = {{from, static_cast<std::size_t>(at_ - from)}, false};
  ++at_;
  return true;
}

bool JsonWalk::unescape(JsonString& value, const char* from) noexcept {
  char* const to_begin = scratch_;
  std::memcpy(to_begin, from, static_cast<std::size_t>(at_ - from));
  char* to = to_begin + (at_ - from);
  value.lone_surrogate = false;
  while (*at_ != '"') {
    if (*at_ != '\\') return fail("a control character in a string");
    // Escapes of one letter, nearly all there are, stay in this loop. (Behind the line is padding, so there is a letter to look at.)
    if (const char c = kEscapes[static_cast<unsigned char>(at_[1])]; c != '\0' && end_ - at_ >= 2) {
      *to++ = c;
      at_ += 2;
    } else if (!escape(to, value.lone_surrogate)) {
      return false;
    }
    std::tie(at_, to) = copy_plain(at_, end_, to);
    if (!string_stopped()) return false;
  }
  ++at_;
  value.value = {to_begin, static_cast<std::size_t>(to - to_begin)};
  scratch_ = to;
  return true;
}

bool JsonWalk::escape(char*& to, bool& lone_surrogate) noexcept {
  if (end_ - at_ < 2) {
    at_ = end_;
    return fail("a string without an end");
  }
  if (at_[1] == 'u') return unicode_escape(to, lone_surrogate);
  const char c = kEscapes[static_cast<unsigned char>(at_[1])];
  if (c == '\0') return fail("an escape that JSON does not know");
  *to++ = c;
  at_ += 2;
  return true;
}

bool JsonWalk::code_unit(unsigned& unit) noexcept {
  if (end_ - at_ < 6) return fail("an escape \\u with fewer than four digits");
  unit = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = hex_value(at_[i]);
    if (digit < 0) return fail("an escape \\u with fewer than four digits");
    unit = unit << 4 | static_cast<unsigned>(digit);
  }
  at_ += 6;
  return true;
}

bool JsonWalk::unicode_escape(char*& to, bool& lone_surrogate) noexcept {
  unsigned unit = 0;
  if (!code_unit(unit)) return false;
  unsigned c = unit;
  if (is_high_surrogate(unit) && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
    const char* const second = at_;
    unsigned low = 0;
    if (!code_unit(low)) return false;
    if (is_low_surrogate(low)) {
      c = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else {
      at_ = second;
    }
  }
  if (is_high_surrogate(c) || is_low_surrogate(c)) {
    lone_surrogate = true;
    c = 0xFFFD;
  }
  to = write_utf8(to, c);
  return true;
}

bool JsonWalk::skip_string() noexcept {
  ++at_;
  for (;;) {
    at_ = skip_plain(at_, end_);
    if (!string_stopped()) return false;
    if (*at_ == '"') break;
    if (*at_ != '\\') return fail("a control character in a string");
    char unescaped[8];
    char* to = unescaped;
    bool lone_surrogate = false;
    if (!escape(to, lone_surrogate)) return false;
  }
  ++at_;
  return true;
}

bool JsonWalk::digits() noexcept {
  if (at_ == end_ || !is_digit(*at_)) return fail("a number that is not one");
  while (at_ < end_ && is_digit(*at_)) ++at_;
  return true;
}

bool JsonWalk::number(std::string_view& raw) noexcept {
  const char* const from = at_;
  const auto here = [this](char c) { return at_ < end_ && *at_ == c; };
  if (here('-')) ++at_;
  if (here('0')) {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (here('.')) {
    ++at_;
    if (!digits()) return false;
  }
  if (here('e') || here('E')) {
    ++at_;
    if (here('+') || here('-')) ++at_;
    if (!digits()) return false;
  }
  raw = {from, static_cast<std::size_t>(at_ - from)};
  return true;
}

bool JsonWalk::literal(std::string_view word) noexcept {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  if (!rest.starts_with(word)) return fail("a word that JSON does not know");
  at_ += word.size();
  return true;
}

bool JsonWalk::skip_value(int depth) noexcept {
  std::string_view ignored;
  switch (peek()) {
    case '"': return skip_string();
    case '{': return skip_object(depth);
    case '[': return skip_array(depth);
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': return number(ignored);
    default: return fail(at_ == end_ ? "the end of the line in the place of a value" : "no value begins so");
  }
}

bool JsonWalk::key_and_colon(JsonString& key) noexcept {
  if (peek() != '"') return fail("no key where one must be");
  if (!string(key)) return false;
  if (peek() != ':') return fail("no colon behind a key");
  take();
  return true;
}

bool JsonWalk::next_or_close(char close, bool& more) noexcept {
  const char c = peek();
  if (c != ',' && c != close) return fail(at_ == end_ ? "the line ends inside an object or array" : "neither a comma nor the end");
  more = c == ',';
  take();
  return true;
}

bool JsonWalk::deep_enough(int depth) noexcept {
  return depth < kMostJsonDepth || fail("more than 1024 arrays and objects inside one another");
}

bool JsonWalk::skip_object(int depth) noexcept {
  if (!deep_enough(depth)) return false;
  take();
  if (peek() == '}') return take(), true;
  for (bool more = true; more;) {
    if (peek() != '"') return fail("no key where one must be");
    if (!skip_string()) return false;
    if (peek() != ':') return fail("no colon behind a key");
    take();
    if (!skip_value(depth + 1) || !next_or_close('}', more)) return false;
  }
  return true;
}

bool JsonWalk::skip_array(int depth) noexcept {
  if (!deep_enough(depth)) return false;
  take();
  if (peek() == ']') return take(), true;
  for (bool more = true; more;) {
    if (!skip_value(depth + 1) || !next_or_close(']', more)) return false;
  }
  return true;
}

}  // namespace quern
