#include "extract/entities.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace quern {

namespace {

struct NamedEntity {
  std::string_view name;
  char32_t first, second;  // second: 0 where there is one
  bool legacy;
};

#include "extract/entities.inc"

constexpr std::size_t kLongestName = 31, kLongestLegacyName = 6, kMostDigits = 32;

/// What browsers take for the numbers 128 to 159.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

void append_code_point(char32_t c, std::string& out) {
  const auto byte = [&](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      byte(0xE0 | (c >> 12));
    } else {
      byte(0xF0 | (c >> 18));
      byte(0x80 | ((c >> 12) & 0x3F));
    }
    byte(0x80 | ((c >> 6) & 0x3F));
  }
  byte(0x80 | (c & 0x3F));
}

constexpr char32_t numbered(char32_t c) {
  if (c >= 0x80 && c < 0xA0) return kWindows1252[c - 0x80];
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return 0xFFFD;
  return c;
}

int digit_value(char c, unsigned base) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return base == 16 && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::size_t decode_number(std::string_view s, std::string& out) {
  std::size_t at = 2;
  const unsigned base = at < s.size() && (s[at] | 0x20) == 'x' ? 16 : 10;
  if (base == 16) ++at;
  const std::size_t first = at;
  char32_t value = 0;
  for (int digit; at < s.size() && at < first + kMostDigits && (digit = digit_value(s[at], base)) >= 0; ++at) {
    value = std::min<char32_t>(value * base + static_cast<char32_t>(digit), 0x110000);
  }
  if (at == first) return 0;
  append_code_point(numbered(value), out);
  return at + (at < s.size() && s[at] == ';');
}

const NamedEntity* find_entity(std::string_view name) {
  const auto found = std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                                      [](const NamedEntity& entity, std::string_view wanted) { return entity.name < wanted; });
  return found != std::end(kEntities) && found->name == name ? found : nullptr;
}

std::size_t append_entity(const NamedEntity& entity, std::size_t taken, std::string& out) {
  append_code_point(entity.first, out);
  if (entity.second) append_code_point(entity.second, out);
  return taken;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

std::size_t decode_name(std::string_view s, std::string& out) {
  std::size_t end = 1;
  while (end < s.size() && end <= kLongestName && is_alphanumeric(s[end])) ++end;
  if (end < s.size() && s[end] == ';') {
    if (const NamedEntity* const entity = find_entity(s.substr(1, end - 1))) return append_entity(*entity, end + 1, out);
  }
  for (end = std::min(end, kLongestLegacyName + 1); end > 2; --end) {
    const NamedEntity* const entity = find_entity(s.substr(1, end - 1));
    if (entity && entity->legacy) return append_entity(*entity, end, out);
  }
  return 0;
}

}  // namespace

std::size_t decode_entity(std::string_view s, std::string& out) {
  if (s.size() < 3) return 0;
  return s[1] == '#' ? decode_number(s, out) : decode_name(s, out);
}

}  // namespace quern
