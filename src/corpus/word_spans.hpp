#pragma once
// Where the words of a text lie in the text itself.

#include "quern/text/unicode.hpp"

#include <cstddef>
#include <string_view>

namespace quern {

/// Calls take(begin, end), in bytes of the text, for each word that FoldedWords (text/words.hpp) gives, in order, until it returns false.
/// `text` is valid UTF-8.
template <class Take>
void for_each_word_span(std::string_view text, Take&& take) {
  bool inside = false, alone = false;  // `alone`: the last base character is a word of its own
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const unicode::Record& record = unicode::record(next_code_point(text, at));
    const bool word = (record.flags & unicode::kWord) != 0;
    const bool mark = (unicode::category_bit(record.category) & unicode::kMark) != 0;
    const bool unspaced = (record.flags & unicode::kUnspaced) != 0;
    const bool breaks = !word || (!mark && (alone || unspaced));
    if (inside && breaks) {
      if (!take(begin, from)) return;
      inside = false;
    }
    if (word && !inside) begin = from;
    inside = word;
    alone = word && (mark ? alone : unspaced);
  }
  if (inside) take(begin, text.size());
}

}  // namespace quern
