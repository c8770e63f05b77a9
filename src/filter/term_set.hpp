#pragma once
// The terms of a list, and where they stand in a text: the time does not depend on how long the list is.

#include "quern/base/job/side_file.hpp"
#include "quern/base/wide.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// What was found in a text. Terms do not overlap: from the left, the longest that begins at a word counts.
struct TermCounts {
  std::uint64_t words = 0;  ///< of the text
  std::uint64_t hits = 0;
  std::uint64_t terms = 0;  ///< different ones

  /// Hits for each thousand words against a threshold in millionths. Without words it is equal to any.
  std::strong_ordering compare_density(std::uint64_t per_1000_words_ppm) const noexcept {
    return Uint128{hits} * 1'000'000'000 <=> Uint128{words} * per_1000_words_ppm;
  }
};

/// Made once. A term is 1 to kMostWords words (text/words.hpp), so it is found whatever its case and the spaces and punctuation in it are;
/// in scripts written without spaces it is found anywhere, for each character is a word there.
class TermSet {
 public:
  static constexpr std::size_t kMostWords = 16;

  /// Reads the lists. Throws Error{plan} naming the line of a term that has no word, or too many, or a symbol that words do not have.
  explicit TermSet(const std::vector<SideFile>& files);

  /// @param text valid UTF-8. Linear.
  TermCounts count(std::string_view text) const;

  std::size_t size() const noexcept { return terms_; }

 private:
  struct Word {
    std::uint64_t hash;
    const char* bytes;
    std::uint32_t size;
  };
  struct Term {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0;  ///< in arena_: for each word its size as four bytes and its bytes
    std::uint32_t words = 0;  ///< 0: the slot is free
  };
  struct First {
    std::uint64_t hash = 0;      ///< of the first word
    std::uint32_t lengths = 0;  ///< bit n - 1: a term of n words begins so; 0: the slot is free
  };
  class Matcher;

  void add(const std::vector<std::string>& words);
  void make_firsts();
  bool is_term(const Term& term, const Word* words, std::size_t count) const noexcept;
  std::size_t slot_of(const Word* words, std::size_t count, std::uint64_t hash) const noexcept;
  std::uint32_t lengths_from(std::uint64_t first_hash) const noexcept;
  static std::uint64_t hash_of(const char* bytes, std::size_t size) noexcept;
  static std::uint64_t longer(std::uint64_t hash, std::uint64_t word_hash) noexcept;

  std::string arena_;
  std::vector<Term> slots_;  // a power of two, at most half in use, as firsts_
  std::size_t terms_ = 0;
  std::vector<First> firsts_;
  std::vector<std::uint64_t> may_begin_;  // a bit for each of so many values of the hash: most words end here
  unsigned shift_ = 0;
  std::size_t longest_ = 0;
};

}  // namespace quern
