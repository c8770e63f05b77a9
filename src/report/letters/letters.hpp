#pragma once
// The parts of report_in_letters().

#include "quern/report/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

enum class Ink { none, kept, removed, quiet };

std::string inked(std::string_view words, Ink ink, const TerminalStyle& style);
/// Cut or filled up to so many characters.
std::string fitted(std::string_view words, std::size_t columns);
/// "label  bar  number  note": one line of a picture, `style.width` wide at most.
std::string bar_line(std::string_view label, std::uint64_t part, std::uint64_t whole, std::string_view note, Ink ink, const TerminalStyle& style);
std::string heading(std::string_view words, const TerminalStyle& style);
std::string part_of(std::uint64_t part, std::uint64_t whole);

}  // namespace quern
