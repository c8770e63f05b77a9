#include "phrases.hpp"

#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace quern::phrases {

namespace {

using std::string_view_literals::operator""sv;

// Of the longest phrases the stretch that tells them from others.
constexpr std::array kAfterCookie = {" policy"sv, "s are absolutely essential"sv, "s that may not be particularly necessary"sv,
                                     " settings, you agree to this use"sv};
constexpr std::array kBeforeCookies = {"uses "sv, "use of "sv, "use "sv};
constexpr std::array kAfterPrivacy = {" policy"sv, " overview"sv, " & cookies policy"sv, " and cookies policy"sv};
constexpr std::array kEllipsisWords = {"..."sv, "[...]"sv, "\u2026"sv, "(...)"sv, "[\u2026]"sv, "-\u00BB"sv};

constexpr bool is_url_byte(char c) noexcept {
  return (c >= '$' && c <= '_') || (c >= 'a' && c <= 'z') || c == '!';
}

/// First and last characters of ranges, ascending: Sentence_Terminal of Unicode 15.0 (PropList.txt) beyond ASCII.
constexpr std::array<std::array<char32_t, 2>, 66> kSentenceTerminals = {{
    {0x0589, 0x0589},   {0x061D, 0x061F},   {0x06D4, 0x06D4},   {0x0700, 0x0702},   {0x07F9, 0x07F9},   {0x0837, 0x0837},
    {0x0839, 0x0839},   {0x083D, 0x083E},   {0x0964, 0x0965},   {0x104A, 0x104B},   {0x1362, 0x1362},   {0x1367, 0x1368},
    {0x166E, 0x166E},   {0x1735, 0x1736},   {0x1803, 0x1803},   {0x1809, 0x1809},   {0x1944, 0x1945},   {0x1AA8, 0x1AAB},
    {0x1B5A, 0x1B5B},   {0x1B5E, 0x1B5F},   {0x1B7D, 0x1B7E},   {0x1C3B, 0x1C3C},   {0x1C7E, 0x1C7F},   {0x203C, 0x203D},
    {0x2047, 0x2049},   {0x2E2E, 0x2E2E},   {0x2E3C, 0x2E3C},   {0x2E53, 0x2E54},   {0x3002, 0x3002},   {0xA4FF, 0xA4FF},
    {0xA60E, 0xA60F},   {0xA6F3, 0xA6F3},   {0xA6F7, 0xA6F7},   {0xA876, 0xA877},   {0xA8CE, 0xA8CF},   {0xA92F, 0xA92F},
    {0xA9C8, 0xA9C9},   {0xAA5D, 0xAA5F},   {0xAAF0, 0xAAF1},   {0xABEB, 0xABEB},   {0xFE52, 0xFE52},   {0xFE56, 0xFE57},
    {0xFF01, 0xFF01},   {0xFF0E, 0xFF0E},   {0xFF1F, 0xFF1F},   {0xFF61, 0xFF61},   {0x10A56, 0x10A57}, {0x10F55, 0x10F59},
    {0x10F86, 0x10F89}, {0x11047, 0x11048}, {0x110BE, 0x110C1}, {0x11141, 0x11143}, {0x111C5, 0x111C6}, {0x111CD, 0x111CD},
    {0x111DE, 0x111DF}, {0x11238, 0x11239}, {0x1123B, 0x1123C}, {0x112A9, 0x112A9}, {0x1144B, 0x1144C}, {0x115C2, 0x115C3},
    {0x115C9, 0x115D7}, {0x11641, 0x11642}, {0x1173C, 0x1173E}, {0x16A6E, 0x16A6F}, {0x16AF5, 0x16AF5}, {0x1BC9F, 0x1BC9F},
}};

}  // namespace

bool is_cookie_phrase(std::string_view text, std::size_t at) noexcept {
  const std::size_t begin = at - 3;
  if (at < 3 || !stands_at(text, begin, "cookie")) return false;
  const std::size_t end = at + 3;
  if (std::ranges::any_of(kAfterCookie, [&](std::string_view after) { return stands_at(text, end, after); })) return true;
  return stands_at(text, end, "s") &&
         std::ranges::any_of(kBeforeCookies, [&](std::string_view before) { return ends_at(text, begin, before); });
}

bool is_privacy_phrase(std::string_view text, std::size_t at) noexcept {
  if (at < 3 || !stands_at(text, at - 3, "privacy")) return false;
  return std::ranges::any_of(kAfterPrivacy, [&](std::string_view after) { return stands_at(text, at + 4, after); });
}

std::size_t url_end(std::string_view text, std::size_t at, std::size_t& begin) noexcept {
  if (text.size() - at < 3 || text[at + 1] != '/' || text[at + 2] != '/') return 0;
  const std::string_view before = text.substr(0, at);
  if (before.ends_with("http")) begin = at - 4;
  else if (before.ends_with("https")) begin = at - 5;
  else return 0;
  std::size_t end = at + 3;
  while (end < text.size() && is_url_byte(text[end])) ++end;
  return end == at + 3 ? 0 : end;
}

bool is_ellipsis_word(std::string_view word) noexcept { return std::ranges::find(kEllipsisWords, word) != kEllipsisWords.end(); }

bool ends_with_ellipsis(std::string_view line) noexcept {
  if (ends_at(line, line.size(), "read more") || ends_at(line, line.size(), "read more..")) return true;
  return std::ranges::any_of(kEllipsisWords, [&](std::string_view mark) { return line.ends_with(mark); });
}

bool begins_with_bullet(std::string_view line) noexcept {
  if (line.empty() || static_cast<unsigned char>(line[0]) != 0xE2) return false;
  std::size_t at = 0;
  constexpr std::u32string_view kBullets =
      U"\u2022\u2023\u2043\u204C\u204D\u2219\u25CB\u25CF\u25D8\u25E6\u29BE\u29BF";
  return kBullets.find(next_code_point(line, at)) != std::u32string_view::npos;
}

bool ends_sentence(char32_t c) noexcept {
  if (c < kSentenceTerminals.front()[0]) return false;
  const auto after = std::ranges::upper_bound(kSentenceTerminals, c, {}, [](const auto& range) { return range[0]; });
  return c <= (*std::prev(after))[1];
}

}  // namespace quern::phrases
