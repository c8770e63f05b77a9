#pragma once
// Cuts text into pre-tokens: the pieces within which byte pairs are merged.

#include "quern/base/kernel.hpp"
#include "quern/tokenize/pattern.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace quern {

class PreTokenizer {
 public:
  /// All kernels cut alike; `kernel` is one of available_kernels().
  explicit PreTokenizer(Pattern pattern, Kernel kernel = chosen_kernel());

  /// Where the pre-token that begins at text[at] ends; at < text.size(). What follows `text` is unknown to it: the end of `text` is
  /// the end of the text.
  std::size_t next(std::string_view text, std::size_t at) const;

  /// Writes the ends of the next pre-tokens, as many as there are or as `ends` has room for, moves `at` to the last of them and
  /// returns their number: at least one unless text or room is at its end. Room for several hundred lets it work on blocks. `text` is valid UTF-8 (other bytes are cut somewhere, safely). Time: linear in the bytes passed, whatever
  /// they are, plus at most the rest of the run of characters at the last end.
  std::size_t cut(std::string_view text, std::size_t& at, std::span<std::size_t> ends) const { return cut_(text, at, ends); }

 private:
  using Cut = std::size_t (*)(std::string_view text, std::size_t& at, std::span<std::size_t> ends);
  Cut cut_;
};

}  // namespace quern
