#include "quern/base/hash.hpp"
#include "quern/corpus/repeats.hpp"

#include <algorithm>

namespace quern {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::size_t count_chars(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Where the unit that begins at `at` ends: before the LF (a line) or the row of LF (a paragraph).
std::size_t end_of_unit(std::string_view text, std::size_t at, TextUnit unit) {
  const std::size_t end = text.find(unit == TextUnit::line ? "\n" : "\n\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

/// Where the next unit begins.
std::size_t behind_unit(std::string_view text, std::size_t end, TextUnit unit) {
  if (unit == TextUnit::line) return std::min(end + 1, text.size());
  while (end < text.size() && text[end] == '\n') ++end;
  return end;
}

}  // namespace

void for_each_unit(std::string_view text, TextUnit unit, const std::function<void(const UnitOfText&)>& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_unit(text, at, unit);
    std::string_view compared = text.substr(at, end - at);
    while (!compared.empty() && is_space(compared.front())) compared.remove_prefix(1);
    while (!compared.empty() && is_space(compared.back())) compared.remove_suffix(1);
    visit({at, end, hash64(compared), count_chars(compared)});
    at = behind_unit(text, end, unit);
  }
}

bool remove_units(std::string& text, TextUnit unit, const std::vector<std::uint64_t>& hashes, std::uint64_t min_chars) {
  if (hashes.empty()) return false;
  std::string left;
  left.reserve(text.size());
  std::size_t kept_to = 0;  // what lies before was kept or removed
  for_each_unit(text, unit, [&](const UnitOfText& found) {
    if (found.chars < min_chars || !std::binary_search(hashes.begin(), hashes.end(), found.hash)) return;
    left.append(text, kept_to, found.begin - kept_to);
    kept_to = behind_unit(text, found.end, unit);
  });
  if (kept_to == 0) return false;
  left.append(text, kept_to, text.size() - kept_to);
  text = std::move(left);
  return true;
}

}  // namespace quern
