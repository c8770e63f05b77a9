#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/unicode.hpp"
#include "scan.hpp"

namespace quern {

namespace {

/// A sign with what may be a letter behind it: no space and no sign of ASCII but `_`.
constexpr auto kMayBegin = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  return ((byte == '#') | (byte == '@')) & ((next >= 0x80) | (next == '_') | ((next >= '0') & (next <= '9')) | (((next | 0x20) >= 'a') & ((next | 0x20) <= 'z')));
};

bool is_word(char32_t c) noexcept { return (unicode::record(c).flags & unicode::kWord) != 0; }

/// Behind a word it is no tag but an address (me@home, page#part), C#, or a reference (&#39;).
bool may_stand_behind(char32_t c) noexcept { return !is_word(c) && c != '&' && c != '/' && c != '#' && c != '@'; }

char32_t before(std::string_view s, std::size_t at) noexcept {
  if (at == 0) return ' ';
  do --at;
  while ((static_cast<unsigned char>(s[at]) & 0xC0) == 0x80);
  return next_code_point(s, at);
}

/// End of the name at `at`; `at` when it has no letter. Names of people are ASCII.
std::size_t name_end(std::string_view s, std::size_t at, bool person) noexcept {
  bool letter = false;
  std::size_t end = at;
  for (std::size_t next = at; next < s.size(); end = next) {
    const char32_t c = next_code_point(s, next);
    if (!is_word(c) || (person && c >= 0x80)) break;
    letter |= is_letter(c);
  }
  return letter ? end : at;
}

}  // namespace

Reason apply(const RemoveHashtagsSpec& spec, std::string& text) {
  const std::string_view s = text;
  Edits edits(text);
  Scan scan(s, kMayBegin);
  std::size_t end = 0;
  for (std::size_t at = scan.next(0); at < s.size(); at = scan.next(end)) {
    const bool person = s[at] == '@';
    end = at + 1;
    if ((person && !spec.mentions) || !may_stand_behind(before(s, at))) continue;
    end = name_end(s, at + 1, person);
    if (end > at + 1) edits.remove(at, spec.keep_words ? at + 1 : end);
  }
  edits.finish();
  return Reason::none;
}

}  // namespace quern
