#pragma once
// What the terminal at standard output can show.

#include "quern/report/letters.hpp"

namespace quern {

/// Colours only for a terminal without NO_COLOR; ASCII when asked for, or when the locale of the environment is not UTF-8; the width of the terminal,
/// or what COLUMNS says, or 100.
TerminalStyle terminal_style(bool ascii);

}  // namespace quern
