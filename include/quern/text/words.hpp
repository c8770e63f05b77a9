#pragma once
// Words for comparing texts: folded, and of the same bytes for texts that differ only in case, punctuation and spacing.

#include "quern/base/kernel.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

struct WordBlocks;

/// Splits valid UTF-8 into words, after simple case folding. A word is a maximal run of letters, marks, numbers and `_`, except that
/// a character of a script written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar, Tibetan, ...; unicode::kUnspaced) is a
/// word of its own, together with the marks that follow it.
///
/// Memory is bounded by a few times the longest word (below 1 GiB), not by the text.
class FoldedWords {
 public:
  /// A word's place among the folded bytes.
  struct Word {
    std::uint32_t begin;
    std::uint32_t end;
  };

  explicit FoldedWords(Kernel kernel = chosen_kernel());

  /// Bytes that may be read beyond the end of a word.
  static constexpr std::size_t kReadable = 64;

  /// Calls take(const char* folded, std::span<const Word>) with the words in order, some thousands at a time.
  /// What it is given holds until it returns.
  template <class Take>
  void for_each_batch(std::string_view text, Take&& take) {
    begin();
    for (std::size_t at = 0; at < text.size();) {
      at = fold_piece(text, at);
      if (at == text.size()) finish();
      find_edges();
      take(static_cast<const char*>(folded_.data()), std::span<const Word>(words_.data(), edges_ / 2));
      drop_taken();
    }
  }

  /// Calls take(const char* word, std::size_t bytes) for each word in order.
  template <class Take>
  void for_each(std::string_view text, Take&& take) {
    for_each_batch(text, [&](const char* folded, std::span<const Word> words) {
      for (const Word& word : words) take(folded + word.begin, std::size_t{word.end - word.begin});
    });
  }

 private:
  void begin() noexcept;
  std::size_t fold_piece(std::string_view text, std::size_t at);
  void reserve(std::size_t more);
  char* fold_mixed_block(std::string_view text, std::size_t& at, std::size_t stop, char* to) noexcept;
  void finish() noexcept;
  void find_edges();
  void drop_taken() noexcept;

  const WordBlocks* blocks_;
  // folded_[0, size_) holds words and spaces; [0, scanned_) has been split, but for a word that was not complete.
  std::vector<char> folded_;
  std::size_t size_ = 0;
  std::size_t scanned_ = 0;
  // Where words begin and end, in turn. An odd number of edges: the last word is still being read.
  std::vector<Word> words_;
  std::size_t edges_ = 0;
  bool break_ahead_ = false;  ///< the last base character is a word of its own: a base after it begins another
};

}  // namespace quern
