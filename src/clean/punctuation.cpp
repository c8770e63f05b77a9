#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"
#include "scan.hpp"

namespace quern {

namespace {

/// First two bytes of the characters of the table: U+0080..U+00BF of which some, U+2000..U+203F, U+2200.., U+3000..U+303F, U+FF00..U+FF7F.
constexpr auto kMayChange = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  const bool latin = (byte == 0xC2) & ((next == 0xAB) | (next == 0xBB) | (next == 0xB4));
  const bool general = (byte == 0xE2) & ((next == 0x80) | (next == 0x88));
  const bool cjk = (byte == 0xE3) & (next == 0x80);
  const bool full = (byte == 0xEF) & ((next == 0xBC) | (next == 0xBD));
  return latin | general | cjk | full;
};

std::string_view quote(char32_t c) noexcept {
  switch (c) {
    case 0x00B4: case 0x2018: case 0x2019: case 0x201A: case 0x201B: case 0x2032: case 0x2035: case 0x2039: case 0x203A:
      return "'";
    case 0x00AB: case 0x00BB: case 0x201C: case 0x201D: case 0x201E: case 0x201F: case 0x2033: case 0x2036: case 0x301D: case 0x301E: case 0x301F:
      return "\"";
    default:
      return {};
  }
}

std::string_view dash(char32_t c) noexcept { return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ? "-" : std::string_view{}; }

std::string_view ellipsis(char32_t c) noexcept { return c == 0x2026 ? "..." : c == 0x2025 ? ".." : std::string_view{}; }

std::string_view full_width(char32_t c) noexcept {
  constexpr std::string_view kAscii =
      "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  if (c >= 0xFF01 && c <= 0xFF5E) return kAscii.substr(c - 0xFF01, 1);
  return c == 0x3000 ? " " : std::string_view{};
}

std::string_view cjk(char32_t c) noexcept {
  switch (c) {
    case 0x3001: case 0xFF64: return ",";
    case 0x3002: case 0xFF61: return ".";
    case 0x3008: return "<";
    case 0x3009: return ">";
    case 0x300A: case 0x300B: case 0x300C: case 0x300D: case 0x300E: case 0x300F: case 0xFF62: case 0xFF63: return "\"";
    case 0x3010: case 0x3014: return "[";
    case 0x3011: case 0x3015: return "]";
    case 0x301C: return "~";
    default: return {};
  }
}

/// Empty: it stays.
std::string_view plain(const PunctuationSpec& spec, char32_t c) noexcept {
  std::string_view to;
  if (spec.quotes) to = quote(c);
  if (to.empty() && spec.dashes) to = dash(c);
  if (to.empty() && spec.ellipses) to = ellipsis(c);
  if (to.empty() && spec.full_width) to = full_width(c);
  if (to.empty() && spec.cjk) to = cjk(c);
  return to;
}

}  // namespace

Reason apply(const PunctuationSpec& spec, std::string& text) {
  const std::string_view s = text;
  Edits edits(text);
  Scan scan(s, kMayChange);
  for (std::size_t at = scan.next(0); at < s.size();) {
    std::size_t end = at;
    const std::string_view to = plain(spec, next_code_point(s, end));
    if (!to.empty()) edits.replace(at, end, to);
    at = scan.next(end);
  }
  edits.finish();
  return Reason::none;
}

}  // namespace quern
