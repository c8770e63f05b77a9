#pragma once
// Collects where the tokens and line feeds of a text lie, block by block.

#include "kernels/bit_places.hpp"
#include "make_room.hpp"
#include "quern/filter/token_places.hpp"
#include "token_block.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quern {

class PlaceFinder {
 public:
  PlaceFinder(std::string_view text, TokenPlaces& to, Kernel kernel) : text_(text), to_(to), put_(put_places(kernel)) { to_.chars = 0; }

  void add_block(const TokenBlock& block, const TokenBits& bits, std::size_t at) {
    reserve(kPlacesRoom);
    to_.chars += count(block.m.lead & block.all);
    // A token ends at the next one, or at white space; what stands before that is a token in either case.
    const std::uint64_t after_token = block.other << 1 | (block.open_before ? 1u : 0u);
    const auto base = static_cast<std::uint32_t>(at);
    begins_ += put_(bits.begins, base, to_.begins.data() + begins_);
    ends_ += put_((bits.begins | block.space) & after_token, base, to_.ends.data() + ends_);
    if (const std::uint64_t newlines = block.m.newline & block.all; newlines != 0) {
      newlines_ += put_(newlines, base, to_.newlines.data() + newlines_);
    }
  }

  /// A run without a place to cut, by the definition. If a token is open, it is split again from where that one began: what stands
  /// before is peeled or cut off, whatever follows.
  std::size_t add_run(std::size_t at, bool open) {
    if (open) --begins_;
    const std::size_t begin = open ? to_.begins[begins_] : at;
    std::size_t end = at;
    while (end < text_.size()) {
      const tokens::Character c = tokens::character_at(text_, end);
      if ((c.classes & kTokenSpace) != 0) break;
      ++to_.chars;
      end = c.end;
    }
    split_run(text_.substr(begin, end - begin), [this](const Token& token) {
      reserve(1);
      to_.begins[begins_++] = static_cast<std::uint32_t>(token.text.data() - text_.data());
      to_.ends[ends_++] = static_cast<std::uint32_t>(token.text.data() + token.text.size() - text_.data());
    });
    return end;
  }

  void finish() {
    reserve(1);
    if (ends_ < begins_) to_.ends[ends_++] = static_cast<std::uint32_t>(text_.size());
    to_.count = begins_;
    to_.newline_count = newlines_;
  }

 private:
  void reserve(std::size_t more) {
    make_room(to_.begins, begins_ + more);
    make_room(to_.ends, begins_ + more);
    make_room(to_.newlines, newlines_ + more);
  }

  std::string_view text_;
  TokenPlaces& to_;
  PutPlaces put_;
  std::size_t begins_ = 0;
  std::size_t ends_ = 0;
  std::size_t newlines_ = 0;
};

}  // namespace quern
