#pragma once
// The n-grams of a text that occur more than once, from n to n + 1.

#include "class_table.hpp"
#include "token_places.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

class RepeatedGrams {
 public:
  /// Begins with n = 1.
  void start(std::string_view text, const TokenPlaces& tokens);
  /// Goes on to n + 1.
  void extend();

  std::size_t n() const noexcept { return n_; }
  /// Whether an n-gram repeats. If none does, no longer one will.
  bool any() const noexcept { return count_ > 0; }
  /// Code points of the words of the n-gram that begins with token `at`, without what stands between them.
  std::uint64_t chars_at(std::size_t at) const noexcept { return chars_before_[at + n_] - chars_before_[at]; }
  /// All occurrences of the most frequent n-gram, with one character between words; of equally frequent ones, of the first.
  std::uint64_t top_chars() const;
  /// Walks from the first token on: an n-gram that stood before counts with its characters, and the walk goes on behind it; another one
  /// is remembered, and the walk goes on with the next token.
  std::uint64_t duplicate_chars();
  /// Code points of tokens that lie in repeated n-grams: for n and everything beyond, duplicate_chars() is not more.
  std::uint64_t covered_chars() const;
  void shrink();

 private:
  void number_words(std::string_view text, const TokenPlaces& tokens);
  std::size_t join_neighbours();
  std::size_t drop_single_pairs(std::size_t pairs);
  void keep_repeated(std::size_t candidates);

  std::size_t n_ = 0;
  std::size_t tokens_ = 0;
  // The n-gram that begins with token at_[i] is of class class_[i], in order; of each class there are at least two.
  std::size_t count_ = 0;
  std::vector<std::uint32_t> at_, class_;
  std::vector<std::uint32_t> occurrences_;  ///< by class
  std::vector<std::uint32_t> first_word_;   ///< token that stands for a word, by class
  std::vector<std::uint32_t> chars_before_;
  std::vector<std::uint64_t> pair_;  ///< the classes of two neighbouring n-grams
  std::vector<std::uint8_t> met_;
  std::vector<bool> seen_;
  ClassTable table_;
};

}  // namespace quern
