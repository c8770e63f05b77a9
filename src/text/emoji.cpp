#include "quern/text/emoji.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace quern {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

#include "tables/emoji_15_0.inc"

template <std::size_t n>
bool is_in(char32_t c, const Range (&ranges)[n]) noexcept {
  const auto after = std::upper_bound(std::begin(ranges), std::end(ranges), c, [](char32_t x, const Range& range) { return x < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

}  // namespace

bool is_emoji_presentation(char32_t c) noexcept { return is_in(c, kEmojiPresentation); }
bool is_pictographic(char32_t c) noexcept { return is_in(c, kPictographic); }

}  // namespace quern
