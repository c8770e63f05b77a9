#pragma once
// Training a byte-level BPE vocabulary: count the pre-tokens of a text, merge the most frequent pairs, write tokenizer.json.

#include "quern/tokenize/pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// A distinct pre-token and how often it occurs.
struct WordCount {
  std::string word;
  std::uint64_t count = 0;
  bool operator==(const WordCount&) const = default;
};

/// Counts the pre-tokens of texts. Memory: about 32 bytes for a distinct word of up to 15 bytes, 40 and its bytes for a longer one.
class WordCounter {
 public:
  explicit WordCounter(Pattern pattern);
  ~WordCounter();
  WordCounter(WordCounter&& other) noexcept;
  WordCounter& operator=(WordCounter&& other) noexcept;

  /// A whole text, valid UTF-8.
  void add(std::string_view text);
  /// A word counted elsewhere; not empty.
  void add_word(std::string_view word, std::uint64_t count);

  std::size_t distinct_words() const noexcept;
  std::size_t memory_bytes() const noexcept;
  /// All words, ordered by their bytes; the counter is empty afterwards.
  std::vector<WordCount> take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct TrainParams {
  std::uint32_t vocab_size = 32'000;  ///< counts the special tokens and the 256 bytes
  std::uint64_t min_frequency = 2;    ///< a pair that occurs less often is not merged (0 counts as 1)
  std::vector<std::string> special = {"<|endoftext|>"};
};

/// Ids as Hugging Face's trainer gives them: special tokens, then the bytes in the order of the byte-level alphabet, then what merges make.
struct TrainedVocabulary {
  struct Merge {
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    std::uint32_t id = 0;
    bool operator==(const Merge&) const = default;
  };
  std::vector<std::string> special;
  std::vector<std::string> tokens;  ///< bytes of token special.size() + i
  std::vector<Merge> merges;        ///< by rank. Two merges may make the same token.
};

/// Merges the most frequent pair of neighbours, again and again, until there are vocab_size tokens or no pair is left that occurs
/// min_frequency times. Of equally frequent pairs the one with the smaller (left id, right id). A pair that would spell a special token
/// is never merged. The result does not depend on the order of `words`, and a word may be listed more than once.
/// Time: about proportional to the bytes of the words, whatever their lengths; memory: 4 bytes per byte and 8 per pair of neighbours,
/// besides `words`. Throws Error{plan} when vocab_size has no room for the bytes, or special tokens repeat or spell a byte.
TrainedVocabulary train_merges(std::span<const WordCount> words, const TrainParams& params);

/// A tokenizer.json that Hugging Face's library loads.
std::string to_tokenizer_json(const TrainedVocabulary& vocabulary, Pattern pattern);

}  // namespace quern
