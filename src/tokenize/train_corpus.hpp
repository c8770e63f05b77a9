#pragma once
// The words of a training, as symbols that merge in place.

#include "quern/tokenize/train.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// Where a pair of neighbours begins.
struct Occurrence {
  std::uint32_t word = 0;
  std::uint32_t offset = 0;  ///< in bytes from the start of the word
  auto operator<=>(const Occurrence&) const = default;
};

/// A symbol lies on the bytes it stands for; its id is kept on the first and on the last of them, so that the neighbours on both sides
/// are found in one step whatever their lengths. Between words there is a cell with no symbol.
class TrainCorpus {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// `byte_ids`: the symbol of each byte; all ids below lengths.size() are known to have that many bytes.
  TrainCorpus(std::span<const WordCount> words, std::span<const std::uint32_t> byte_ids);

  std::size_t words() const { return words_.size(); }
  std::uint64_t count(std::uint32_t word) const { return words_[word].count; }
  std::size_t bytes(std::uint32_t word) const { return words_[word].length; }
  /// The symbol that begins there, if one does; where a symbol has begun before, never again the same one.
  std::uint32_t symbol(Occurrence at) const { return cells_[cell(at)]; }
  /// The symbol after the one of `length` bytes that begins there, or kNone at the end of the word.
  std::uint32_t after(Occurrence at, std::uint32_t length) const { return cells_[cell(at) + length]; }
  /// The symbol before the one that begins there, or kNone.
  std::uint32_t before(Occurrence at) const { return cells_[cell(at) - 1]; }
  /// Makes one symbol of two neighbours of these lengths.
  void merge(Occurrence at, std::uint32_t left_length, std::uint32_t right_length, std::uint32_t id);

 private:
  struct Word {
    std::size_t start;
    std::uint64_t count;
    std::uint32_t length;
  };
  std::size_t cell(Occurrence at) const { return words_[at.word].start + at.offset; }

  std::vector<Word> words_;
  std::vector<std::uint32_t> cells_;
};

}  // namespace quern
