#include "quern/format/tiktoken.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace quern {

namespace {

constexpr std::array<std::int8_t, 256> make_digits() {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  std::int8_t value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    digits[static_cast<unsigned char>(c)] = value++;
  }
  return digits;
}

constexpr std::array<std::int8_t, 256> kDigits = make_digits();

std::optional<RankedToken> parse_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == 0 || space == line.npos) return std::nullopt;
  auto bytes = decode_base64(line.substr(0, space));
  std::uint32_t rank = 0;
  const char* const end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data() + space + 1, end, rank);
  if (!bytes || bytes->empty() || error != std::errc{} || rest != end) return std::nullopt;
  return RankedToken{std::move(*bytes), rank};
}

/// Cuts the next line, without its end, off the front of `bytes`.
std::string_view take_line(std::string_view& bytes) {
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(std::min(end + 1, bytes.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int digit = kDigits[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held & 0xFF));
  }
  // Bits beyond the last whole byte have to be zero, or two spellings would mean one token.
  if ((bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

bool looks_like_tiktoken(std::string_view bytes) { return parse_line(take_line(bytes)).has_value(); }

std::vector<RankedToken> parse_tiktoken(std::string_view bytes, const std::string& path) {
  std::vector<RankedToken> tokens;
  for (std::size_t number = 1; !bytes.empty(); ++number) {
    const std::string_view line = take_line(bytes);
    if (line.empty()) continue;
    auto token = parse_line(line);
    if (!token) fail(ErrorKind::plan, "{}: line {}: not a base64 token, a space and a rank", path, number);
    tokens.push_back(std::move(*token));
  }
  return tokens;
}

}  // namespace quern
