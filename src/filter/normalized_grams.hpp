#pragma once
// The normalized words of a text and its n-grams of them.

#include "class_table.hpp"
#include "quern/filter/redpajama.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Keeps its buffers from text to text.
class NormalizedGrams {
 public:
  void start();
  /// The next character of the word.
  void add(char32_t c);
  /// Between two words; once or often.
  void end_word();

  /// Fills in what depends on words and n-grams.
  void count(RedPajamaCounts& counts);

  void shrink();

 private:
  std::string_view word(std::size_t i) const noexcept { return std::string_view(text_).substr(begins_[i], begins_[i + 1] - begins_[i]); }
  void number_words(RedPajamaCounts& counts);
  void count_words(RedPajamaCounts& counts) const;
  bool number_grams(std::size_t n);
  std::uint64_t chars_of(std::size_t i, std::size_t n) const noexcept { return chars_before_[i + n] - chars_before_[i]; }
  std::uint64_t top_chars(std::size_t n) const;
  std::uint64_t duplicate_chars(std::size_t n) const;

  std::string text_;                         ///< the words, one behind the other
  std::vector<std::uint32_t> begins_;        ///< of the words in text_, and its end
  std::vector<std::uint32_t> chars_before_;  ///< characters of all words before
  std::uint32_t chars_ = 0;
  ClassTable table_;
  std::vector<std::uint32_t> words_;      ///< class of each word
  std::vector<std::uint32_t> ids_;        ///< class of the n-gram that begins at each word; kNone: it stands once
  std::vector<std::uint32_t> first_;      ///< where a class begins first
  std::vector<std::uint32_t> times_;      ///< how often a class stands
};

}  // namespace quern
