#pragma once
// Where the tokens of a text lie, for what has to tell one token from another.

#include "quern/base/kernel.hpp"
#include "quern/filter/statistics.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

struct TokenPlaces {
  /// Token i is the bytes [begins[i], ends[i]); both have room for more than `count`.
  std::vector<std::uint32_t> begins, ends;
  std::size_t count = 0;
  std::vector<std::uint32_t> newlines;  ///< where LF stand, with room for more than `newline_count`
  std::size_t newline_count = 0;
  std::uint64_t chars = 0;  ///< code points of the text

  /// Gives memory back that only an unusually long text needed.
  void shrink() {
    constexpr std::size_t kKept = std::size_t{1} << 20;
    if (begins.size() > kKept || newlines.size() > kKept) *this = {};
  }
};

/// The tokens that statistics count (docs/filters.md, "Tokens"), in order. `text` is valid UTF-8 of less than 4 GiB.
/// The buffers of `to` are used again. The same places with every kernel.
void find_tokens(std::string_view text, TokenPlaces& to, Kernel kernel = chosen_kernel());

/// The same places and the statistics of the text, by one walk through it.
TextStatistics count_statistics(std::string_view text, TokenPlaces& to, Kernel kernel = chosen_kernel());

}  // namespace quern
