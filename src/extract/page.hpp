#pragma once
// A page as the choosing sees it: its elements in document order and the blocks of text in them.

#include "extract/tags.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// What class, id, role and tag of an element say about its text. Bits.
using Marks = std::uint32_t;

struct Element {
  std::uint32_t parent = 0;       ///< the root is its own
  std::uint32_t end = 0;          ///< the elements inside are those from the one after this to `end`
  std::uint32_t first_block = 0;  ///< the blocks inside, children's too, are [first_block, end_block)
  std::uint32_t end_block = 0;
  std::uint32_t line = 0;         ///< the innermost list item, cell, quotation or <pre> that it is or lies in; 0: none
  std::uint32_t row = 0;          ///< the innermost table row
  Marks marks = 0;
  Tag tag = Tag::other;
  bool hidden = false;            ///< its text is not shown or not meant to be read, or it lies in such an element
};

/// A run of text that no block-level tag cuts. Lengths are in letters (page_builder.cpp: letters_of).
struct Block {
  std::uint32_t element = 0;      ///< the innermost block-level one
  std::uint32_t begin = 0, end = 0;  ///< bytes of Page::text
  std::uint32_t letters = 0;
  std::uint32_t link_letters = 0;
  std::uint32_t stops = 0;        ///< commas, full stops and their like in any script
};

struct Page {
  std::vector<Element> elements;
  std::vector<Block> blocks;
  std::string text;       ///< of all blocks, one after the other; white space collapsed, references decoded
  std::string title;      ///< of <title>, its first 512 bytes
  std::string og_title;   ///< of <meta property="og:title">, its first 512 bytes

  void clear() {
    elements.clear();
    blocks.clear();
    text.clear();
    title.clear();
    og_title.clear();
  }
};

}  // namespace quern
