#include "quern/report/word_diff.hpp"
#include "report/letters/letters.hpp"

namespace quern {

namespace {

constexpr std::size_t kWordsAround = 12;

/// The first and the last words of what is the same in both.
std::string shortened(std::string_view same, bool first, bool last, const TerminalStyle& style) {
  const std::vector<std::string_view> words = words_with_space(same);
  const std::size_t head = first ? 0 : kWordsAround, tail = last ? 0 : kWordsAround;
  if (words.size() <= head + tail + 4) return shown(same, true);
  std::string text;
  for (std::size_t i = 0; i < head; ++i) text += shown(words[i], true);
  text += inked(fmt::format("[... {} words ...] ", words.size() - head - tail), Ink::quiet, style);
  for (std::size_t i = words.size() - tail; i < words.size(); ++i) text += shown(words[i], true);
  return text;
}

}  // namespace

std::string differences_in_letters(std::string_view kept, std::string_view removed, const TerminalStyle& style) {
  const std::vector<Stretch> stretches = word_diff(kept, removed);
  std::string text;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& stretch = stretches[i];
    if (stretch.side == DiffSide::both) text += shortened(stretch.first, i == 0, i + 1 == stretches.size(), style);
    if (stretch.side == DiffSide::first) text += inked(fmt::format("[-{}-]", shown(stretch.first, true)), Ink::kept, style);
    if (stretch.side == DiffSide::second) text += inked(fmt::format("{{+{}+}}", shown(stretch.second, true)), Ink::removed, style);
  }
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace quern
