#pragma once
// Chosen blocks → text.

#include "extract/page.hpp"

#include <string>
#include <vector>

namespace quern {

/// Appends the text of the chosen blocks, parted by a blank line: a block is a paragraph, and that is how filters and readers of plain text
/// know one. Only items of lists and rows of tables are parted by one LF, and cells of a row by a TAB.
void write_text(const Page& page, const std::vector<bool>& chosen, std::string& out);

}  // namespace quern
