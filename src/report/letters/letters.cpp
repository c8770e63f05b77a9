#include "report/letters/letters.hpp"

#include "quern/base/numbers.hpp"
#include "quern/text/utf8.hpp"
#include "report/code_points.hpp"

namespace quern {

namespace {

constexpr std::size_t kLabel = 24, kNumber = 15, kNote = 12, kLeastBar = 8;

std::size_t bar_columns(const TerminalStyle& style) {
  const std::size_t others = 2 + kLabel + 1 + kNumber + kNote;
  return style.width > others + kLeastBar ? style.width - others : kLeastBar;
}

}  // namespace

std::string letter_bar(std::uint64_t part, std::uint64_t whole, std::size_t columns, const TerminalStyle& style) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t steps = style.ascii ? 1 : 8;
  // Widths are compared as fractions: 2^53 records are no limit here.
  const double share = static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(whole, 1));
  auto filled = static_cast<std::uint64_t>(share * static_cast<double>(columns * steps));
  filled = std::min<std::uint64_t>(filled, columns * steps);
  if (part > 0 && filled == 0) filled = 1;
  std::string bar;
  for (std::uint64_t i = 0; i < filled / steps; ++i) bar += style.ascii ? "#" : "█";
  if (filled % steps != 0) bar += kEighths[filled % steps];
  for (std::uint64_t i = (filled + steps - 1) / steps; i < columns; ++i) bar += ' ';
  return bar;
}

std::string shown(std::string_view text, bool lines) {
  std::string valid(text), to;
  repair_utf8(valid);
  for (std::size_t at = 0; at < valid.size();) {
    const CodePoint c = code_point_at(valid, at);
    const bool line_or_tab = c.value == '\n' || c.value == '\t';
    if (is_unseen(c.value) || (line_or_tab && !lines)) to += fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(c.value));
    else to.append(valid, at, c.bytes);
    at += c.bytes;
  }
  return to;
}

std::string inked(std::string_view words, Ink ink, const TerminalStyle& style) {
  if (!style.color || ink == Ink::none) return std::string(words);
  const char* const code = ink == Ink::kept ? "36" : ink == Ink::removed ? "33" : "2";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, words);
}

std::string fitted(std::string_view words, std::size_t columns) {
  std::string to;
  std::size_t at = 0, used = 0;
  while (at < words.size() && used < columns) {
    const CodePoint c = code_point_at(words, at);
    if (used + 1 == columns && at + c.bytes < words.size()) {
      to += '~';  // cut
      at = words.size();
    } else {
      to.append(words.substr(at, c.bytes));
      at += c.bytes;
    }
    ++used;
  }
  return to.append(columns - used, ' ');
}

std::string part_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "";
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  return part > 0 && share < 0.05 ? "< 0.1 %" : fmt::format("{:.1f} %", share);
}

std::string bar_line(std::string_view label, std::uint64_t part, std::uint64_t whole, std::string_view note, Ink ink, const TerminalStyle& style) {
  return fmt::format("  {} {}{:>{}}{:>{}}\n", fitted(label, kLabel), inked(letter_bar(part, whole, bar_columns(style), style), ink, style), grouped(part), kNumber,
                     note, kNote);
}

std::string heading(std::string_view words, const TerminalStyle& style) {
  return style.color ? fmt::format("\n\x1b[1m{}\x1b[0m\n", words) : fmt::format("\n{}\n", words);
}

}  // namespace quern
