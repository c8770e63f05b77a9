#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"
#include "scan.hpp"

#include <array>

namespace quern {

namespace {

/// "://", by its first two bytes, and "www", with either case.
constexpr auto kMayBegin = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  return ((byte == ':') & (next == '/')) | (((byte | 0x20) == 'w') & ((next | 0x20) == 'w'));
};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool has_at(std::string_view s, std::size_t at, std::string_view wanted) noexcept {
  if (at > s.size() || s.size() - at < wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (lower(s[at + i]) != wanted[i]) return false;
  }
  return true;
}

bool is_word(char32_t c) noexcept { return (unicode::record(c).flags & unicode::kWord) != 0; }

bool word_ends_at(std::string_view s, std::size_t at) noexcept {
  if (at == 0) return false;
  std::size_t before = at - 1;
  while ((static_cast<unsigned char>(s[before]) & 0xC0) == 0x80) --before;
  return is_word(next_code_point(s, before));
}

/// Where the scheme before "://" at `at` begins; `at` when it is none of those that are looked for.
std::size_t scheme_begin(std::string_view s, std::size_t at) noexcept {
  for (const std::string_view scheme : {"https", "http", "ftps", "ftp"}) {
    if (at >= scheme.size() && has_at(s, at - scheme.size(), scheme) && !word_ends_at(s, at - scheme.size())) return at - scheme.size();
  }
  return at;
}

constexpr std::array<bool, 128> kUrlCharacter = [] {
  std::array<bool, 128> is{};
  for (char c = '!'; c <= '~'; ++c) is[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("<>\"`{}|\\^")) is[static_cast<std::size_t>(c)] = false;
  return is;
}();

bool is_url_character(char32_t c) noexcept {
  if (c < 0x80) return kUrlCharacter[c];
  const std::uint8_t flags = unicode::record(c).flags;
  return (flags & unicode::kWord) != 0 && (flags & unicode::kUnspaced) == 0;
}

/// Where the URL that goes on at `at` ends: before what ends a sentence, or closes a bracket that it did not open.
std::size_t url_end(std::string_view s, std::size_t at) noexcept {
  std::size_t end = at;
  std::array<std::size_t, 2> open{}, closed{};
  for (std::size_t next = at; next < s.size(); end = next) {
    const char32_t c = next_code_point(s, next);
    if (!is_url_character(c)) break;
    open[0] += c == '(';
    closed[0] += c == ')';
    open[1] += c == '[';
    closed[1] += c == ']';
  }
  for (; end > at; --end) {
    const char last = s[end - 1];
    if (last == ')' && closed[0] > open[0]) {
      --closed[0];
    } else if (last == ']' && closed[1] > open[1]) {
      --closed[1];
    } else if (std::string_view(".,;:!?'*_~").find(last) == std::string_view::npos) {
      break;
    }
  }
  return end;
}

}  // namespace

Reason apply(const RemoveUrlsSpec& spec, std::string& text) {
  const std::string_view s = text;
  Edits edits(text);
  Scan scan(s, kMayBegin);
  for (std::size_t at = scan.next(0); at < s.size();) {
    std::size_t begin = at;
    std::size_t host = at;
    if (has_at(s, at, "://")) {
      begin = scheme_begin(s, at);
      host = at + 3;
    } else if (has_at(s, at, "www.") && !word_ends_at(s, at)) {
      host = at + 4;
    }
    const bool found = host > at && (begin < at || s[at] != ':') && begin >= edits.done();
    std::size_t behind = host;
    const bool names_host = found && host < s.size() && is_word(next_code_point(s, behind));
    const std::size_t end = names_host ? url_end(s, host) : host;
    if (end > host) {
      edits.replace(begin, end, spec.replacement);
      at = scan.next(end);
    } else {
      at = scan.next(at + 1);
    }
  }
  edits.finish();
  return Reason::none;
}

}  // namespace quern
