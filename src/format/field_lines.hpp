#pragma once
// `Name: value` lines of WARC and HTTP heads (RFC 9112, section 5; folded lines included).

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string_view trimmed(std::string_view text) {
  const auto around = [](char c) { return is_blank(c) || c == '\r' || c == '\n'; };
  while (!text.empty() && around(text.front())) text.remove_prefix(1);
  while (!text.empty() && around(text.back())) text.remove_suffix(1);
  return text;
}

/// `lower` is lower-case already.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) { return ascii_lower(a) == b; });
}

inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  return lower;
}

/// Digits alone, and no more than fit.
inline std::optional<std::uint64_t> whole_number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Calls visit(name, value) for each field among the lines. Lines that are none are passed over; a folded value stands as it is folded.
template <class Visit>
void for_each_field(std::string_view lines, Visit visit) {
  while (!lines.empty()) {
    std::size_t end = lines.find('\n');
    // A line that begins with a blank goes on in the value before it.
    while (end != std::string_view::npos && end + 1 < lines.size() && is_blank(lines[end + 1])) end = lines.find('\n', end + 1);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0) visit(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
}

}  // namespace quern
