#include "quern/report/examples.hpp"

#include "quern/report/word_diff.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kBytesBefore = 600;  // of what both have, before the first difference

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

/// The last place up to `at` where a word begins; where there is none near, a character does.
std::size_t word_begin(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongWord = 200;
  if (at == 0 || at >= text.size()) return std::min(at, text.size());
  for (std::size_t i = at; i > 0 && at - i < kLongWord; --i) {
    if (is_space(text[i - 1])) return i;
  }
  while (at > 0 && !begins_character(text[at])) --at;
  return at;
}

/// Bytes of both up to their first difference.
std::pair<std::size_t, std::size_t> first_difference(std::string_view a, std::string_view b) {
  const std::vector<Stretch> stretches = word_diff(a, b, 0);
  if (stretches.empty() || stretches[0].side != DiffSide::both || stretches.size() == 1) return {0, 0};
  return {stretches[0].first.size(), stretches[0].second.size()};
}

void cut(Excerpt& excerpt, std::size_t difference) {
  const std::string_view text = excerpt.text;
  const std::size_t begin = difference > kBytesBefore ? word_begin(text, difference - kBytesBefore) : 0;
  const std::size_t end = text.size() - begin > kExcerptBytes ? word_begin(text, begin + kExcerptBytes) : text.size();
  excerpt.begin = begin;
  excerpt.text = std::string(text.substr(begin, end - begin));
}

}  // namespace

void cut_excerpts(DuplicateExample& example) {
  const auto [in_kept, in_removed] = first_difference(example.kept.text, example.removed.text);
  cut(example.kept, in_kept);
  cut(example.removed, in_removed);
}

}  // namespace quern
