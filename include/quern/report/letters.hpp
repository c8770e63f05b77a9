#pragma once
// A report in the terminal: the pictures of report.html in letters.

#include "quern/base/ledger.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

/// What the terminal can show.
struct TerminalStyle {
  bool ascii = false;     ///< no characters but ASCII in pictures
  bool color = false;
  std::size_t width = 80;  ///< columns; at least 40 are used
};

/// Funnel, reasons by source, languages, lengths, signals, clusters and steps of a report.json, one below the other; what the report does not have
/// is left out. Throws Error{check} as report_page does.
std::string report_in_letters(std::string_view report_json, const TerminalStyle& style);

/// A bar of `part` out of `whole`, `columns` wide: eighths of a block, or #.
std::string letter_bar(std::uint64_t part, std::uint64_t whole, std::size_t columns, const TerminalStyle& style);

/// What `removed` has otherwise than `kept`, word by word: [-words of the kept text alone-]{+words of the removed one alone+}, with a few words
/// around. Controls and direction marks are shown by their numbers, so that no text can steer the terminal.
std::string differences_in_letters(std::string_view kept, std::string_view removed, const TerminalStyle& style);

/// `text` with everything that a terminal would not show as it stands by its number: <U+001B>. Newlines stay where `lines` says so.
std::string shown(std::string_view text, bool lines = false);

}  // namespace quern
