#pragma once
// The n-grams of a text that occur more than once, exactly: those that a sieve leaves are held against each other, byte by byte.

#include "class_table.hpp"
#include "gram_sieve.hpp"
#include "quern/filter/token_places.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quern {

class RepeatedGrams {
 public:
  /// All of these stay where they are until the last question; the sieve has been started with the same.
  void start(std::string_view text, const TokenPlaces& tokens, GramSieve& sieve);

  /// Of the most frequent n-gram, n of 2 to 4, all occurrences, with one character between words; of equally frequent ones, of the first.
  std::uint64_t top_chars(std::size_t n);
  /// n of 5 to 10. Walks from the first token on: an n-gram that stood before counts with its characters, and the walk goes on behind it;
  /// another one is remembered, and the walk goes on with the next token. It ends when more than `enough` is counted.
  std::uint64_t duplicate_chars(std::size_t n, std::uint64_t enough = UINT64_MAX);

  void shrink(std::size_t most);

 private:
  struct Top {
    std::uint32_t occurrences = 1;
    std::size_t at = 0;
  };
  Top find_top(std::size_t n);
  template <std::size_t n>
  Top count_frequent();
  void find_repeated();
  void number_until(std::size_t end);
  void extend();
  bool same(std::size_t a, std::size_t b, std::size_t n) const noexcept;
  std::uint64_t chars_of(std::size_t first, std::size_t end) noexcept;

  std::string_view text_;
  const TokenPlaces* tokens_ = nullptr;
  GramSieve* sieve_ = nullptr;
  GramSieve::Frequent frequent_;
  std::vector<std::uint32_t> occurrences_;  ///< by class
  ClassTable table_;
  std::vector<std::uint32_t> first_;  ///< by class in the table: place, or index into `repeated_`, of the first occurrence

  // The n-gram that begins at repeated_[i] is equal to the one at repeated_[leader_[i]], and to none before that. It is one to ask for if
  // n - 4 such places at least follow each other from there on.
  bool repeated_found_ = false;
  std::size_t n_ = 0;
  GramSieve::Places repeated_;  ///< places of 5-grams that seem to repeat
  std::size_t repeated_count_ = 0;
  std::vector<std::uint32_t> leader_;
  std::vector<std::uint32_t> class_;  ///< the leader for n = 5
  std::size_t numbered_ = 0;          ///< so many, the first, have these two
  std::vector<std::uint8_t> row_;     ///< how many places follow each other from there on, at most 6
  std::vector<std::uint8_t> seen_;    ///< by leader: the walk has met it

  std::vector<std::uint32_t> chars_before_;  ///< code points in the tokens before one, where the text is not ASCII
  std::size_t counted_ = 0;                  ///< so many tokens, the first, are in it
};

}  // namespace quern
