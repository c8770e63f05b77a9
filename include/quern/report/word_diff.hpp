#pragma once
// Two texts held against each other, word by word.

#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

enum class DiffSide : std::uint8_t { both, first, second };

/// A stretch of words that stand in both texts, or in one alone. The views are parts of the texts, white space behind the words included; those of
/// `both` and `first` put together are the whole first text, those of `both` and `second` the whole second one.
struct Stretch {
  DiffSide side = DiffSide::both;
  std::string_view first, second;  ///< of `first` and `second` one is empty; of `both` they differ at most in white space
};

/// The words of a text, each with the white space behind it; white space at the beginning is a word. A word ends at white space; characters of
/// scripts that are written without spaces (CJK, kana, Thai, Lao, Khmer, Myanmar) are words by themselves. `text` is valid UTF-8.
std::vector<std::string_view> words_with_space(std::string_view text);

/// A shortest list of differences (Myers 1986, "An O(ND) Difference Algorithm and Its Variations"); white space does not count. Texts in which more
/// than `most` words differ are told apart by what they begin and end with alone. Cost: words x differences; memory: 4 most^2 bytes.
std::vector<Stretch> word_diff(std::string_view first, std::string_view second, std::size_t most = 1500);

}  // namespace quern
