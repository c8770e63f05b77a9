#pragma once
// The sets of PageMasks.

#include "token_rows.hpp"

#include <string_view>

namespace quern {

constexpr bool is_one_of(std::uint8_t c, std::string_view set) { return set.find(static_cast<char>(c)) != std::string_view::npos; }
constexpr bool is_white(std::uint8_t c) { return is_one_of(c, "\t\n\r\b "); }
constexpr bool is_basic(std::uint8_t c) { return (kAsciiTokenClass[c] & (kTokenLetter | kTokenNumber)) != 0 || is_one_of(c, "\n?!,."); }
constexpr bool is_bracket(std::uint8_t c) { return is_one_of(c, "{}[]()"); }
constexpr bool is_terminal(std::uint8_t c) { return is_one_of(c, ".!?"); }
constexpr bool is_anchor(std::uint8_t c) { return is_one_of(c, ":kKvV"); }

inline constexpr auto kWhiteRows = rows_of(is_white);
inline constexpr auto kBasicRows = rows_of(is_basic);
inline constexpr auto kBracketRows = rows_of(is_bracket);
inline constexpr auto kTerminalRows = rows_of(is_terminal);
inline constexpr auto kAnchorRows = rows_of(is_anchor);

}  // namespace quern
