#pragma once
// The words of the whole corpus, counted by all ranks: what a vocabulary is trained on.

#include "quern/comm/world.hpp"
#include "quern/tokenize/train.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace quern {

struct CorpusWords {
  std::vector<WordCount> words;    ///< on rank 0, ordered by their bytes; elsewhere empty
  std::uint64_t distinct = 0;      ///< in the corpus
  std::uint64_t left_out = 0;      ///< of these, too rare for `max_words`
};

/// Collective. `fill(counter)` adds some of this rank's texts and returns whether there are more; it stops when counter.memory_bytes()
/// passes the bound it was made with. Counts then go to the owner of each word (by the hash of its bytes), so that no rank holds all
/// words but rank 0 at the end, which merges them. When there are more than `max_words`, all words that are as rare as the first that does not
/// fit are left out: the same words at any number of ranks.
CorpusWords count_corpus_words(Pattern pattern, const std::function<bool(WordCounter&)>& fill, std::uint64_t max_words, World& world);

}  // namespace quern
