#include "extract/write_text.hpp"

#include <string_view>

namespace quern {

namespace {

/// The innermost element of this block that lists, rows or cells are made of; 0: it lies in none.
std::uint32_t line_of(const Page& page, const Block& block, bool (*is_wanted)(Tag)) {
  for (std::uint32_t e = block.element; e != 0; e = page.elements[e].parent) {
    if (is_wanted(page.elements[e].tag)) return e;
  }
  return 0;
}

bool is_row(Tag tag) { return tag == Tag::tr; }
bool is_item(Tag tag) { return tag == Tag::li || tag == Tag::dt || tag == Tag::dd; }
bool is_cell(Tag tag) { return tag == Tag::td || tag == Tag::th; }

std::string_view between(const Page& page, const Block& last, const Block& next) {
  const std::uint32_t cell = line_of(page, last, is_cell), next_cell = line_of(page, next, is_cell);
  if (cell && next_cell) {
    if (cell == next_cell) return "\n";
    const std::uint32_t row = line_of(page, last, is_row), next_row = line_of(page, next, is_row);
    return row && row == next_row ? "\t" : "\n";
  }
  const std::uint32_t item = line_of(page, last, is_item), next_item = line_of(page, next, is_item);
  return item && next_item ? "\n" : "\n\n";
}

}  // namespace

void write_text(const Page& page, const std::vector<bool>& chosen, std::string& out) {
  const Block* last = nullptr;
  for (std::size_t b = 0; b < page.blocks.size(); ++b) {
    if (!chosen[b]) continue;
    const Block& block = page.blocks[b];
    if (last) out += between(page, *last, block);
    out.append(page.text, block.begin, block.end - block.begin);
    last = &block;
  }
}

}  // namespace quern
