#include "extract/write_text.hpp"

#include <string_view>

namespace quern {

namespace {

bool is_cell(Tag tag) { return tag == Tag::td || tag == Tag::th; }
bool is_item(Tag tag) { return tag == Tag::li || tag == Tag::dt || tag == Tag::dd; }

/// What stands between two blocks.
std::string_view between(const Page& page, const Element& last, const Element& next) {
  if (last.line == 0 || next.line == 0) return "\n\n";
  const Tag tag = page.elements[last.line].tag, next_tag = page.elements[next.line].tag;
  if (is_cell(tag) && is_cell(next_tag)) return last.line != next.line && last.row != 0 && last.row == next.row ? "\t" : "\n";
  return is_item(tag) && is_item(next_tag) ? "\n" : "\n\n";
}

}  // namespace

void write_text(const Page& page, const std::vector<bool>& chosen, std::string& out) {
  const Element* last = nullptr;
  for (std::size_t b = 0; b < page.blocks.size(); ++b) {
    if (!chosen[b]) continue;
    const Block& block = page.blocks[b];
    const Element& element = page.elements[block.element];
    if (last) out += between(page, *last, element);
    out.append(page.text, block.begin, block.end - block.begin);
    last = &element;
  }
}

}  // namespace quern
