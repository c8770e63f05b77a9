#pragma once
// Chosen blocks → text.

#include "extract/page.hpp"

#include <string>
#include <vector>

namespace quern {

/// Appends the text of the chosen blocks. Blocks are parted by a blank line; items of one list, rows of one table and the terms of one
/// definition list by one LF; cells of a row by a TAB.
void write_text(const Page& page, const std::vector<bool>& chosen, std::string& out);

}  // namespace quern
