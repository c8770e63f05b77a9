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
    std::uint32_t count = 1;
    std::size_t at = 0;
  };
  Top find_top(std::size_t n);
  template <std::size_t n>
  Top count_frequent();
  void find_repeated();
  void number_until(std::size_t end);
  std::uint64_t walk_fives(std::uint64_t enough);
  std::uint64_t walk_longer(std::size_t n, std::uint64_t enough);
  bool same(std::size_t a, std::size_t b, std::size_t n) const noexcept;
  std::uint64_t chars_of(std::size_t first, std::size_t end) noexcept;

  std::string_view text_;
  const TokenPlaces* tokens_ = nullptr;
  GramSieve* sieve_ = nullptr;
  bool repeated_found_ = false;
  GramSieve::Frequent frequent_;
  GramSieve::Places repeated_;  ///< places of 5-grams that seem to repeat
  GramSieve::Places class_;     ///< of each of these
  GramSieve::Places fives_at_;  ///< place of the first occurrence, by class
  std::size_t numbered_ = 0;    ///< so many of these, the first, have one
  std::vector<std::uint8_t> row_;           ///< how many such places follow each other from there on, at most 6
  std::vector<std::uint8_t> seen_;          ///< by class: the walk has met it
  std::vector<std::uint32_t> first_at_;     ///< place of an n-gram's first occurrence, by class
  std::vector<std::uint32_t> occurrences_;  ///< by class
  std::vector<std::uint32_t> chars_before_;  ///< code points in the tokens before one, where the text is not ASCII
  std::size_t counted_ = 0;                  ///< so many tokens, the first, are in it
  ClassTable fives_, table_;
};

}  // namespace quern
