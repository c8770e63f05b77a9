#pragma once
// Runs of words, each as one hash.

#include "kernels/hash_words.hpp"
#include "quern/text/words.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

/// Runs of `ngram` consecutive words, each as one 64-bit hash that depends on their order.
class Shingles {
 public:
  Shingles(std::uint32_t ngram, Kernel kernel) : ngram_(ngram), hash_(&word_hashes(kernel)), words_(kernel) {}

  /// Calls take(std::span<const std::uint64_t> hashes) with the shingles' hashes in order, some thousands at a time:
  /// words - ngram + 1 of them in all, one for 1 to ngram words, none without words.
  template <class Take>
  void for_each_batch(std::string_view text, Take&& take) {
    std::size_t seen = 0;
    hashes_.assign(ngram_ - 1 + kRunPadding, 0);  // words before the first one, which count nothing
    words_.for_each_batch(text, [&](const char* folded, std::span<const FoldedWords::Word> words) {
      if (words.empty()) return;
      hash_batch(folded, words);
      const std::size_t partial = std::min(words.size(), ngram_ - 1 - std::min(seen, ngram_ - 1));
      seen += words.size();
      last_ = shingles_[words.size() - 1];
      if (partial < words.size()) take(std::span<const std::uint64_t>(shingles_).subspan(partial, words.size() - partial));
    });
    if (seen > 0 && seen < ngram_) take(std::span<const std::uint64_t>(&last_, 1));
  }

 private:
  /// hashes_ = the hashes of the last ngram_ - 1 words, then those of `words`; shingles_[k] is of the run that ends at word k.
  void hash_batch(const char* folded, std::span<const FoldedWords::Word> words) {
    const std::size_t before = ngram_ - 1;
    const auto last = hashes_.end() - static_cast<std::ptrdiff_t>(kRunPadding);
    std::copy(last - static_cast<std::ptrdiff_t>(before), last, hashes_.begin());
    hashes_.resize(before + words.size() + kRunPadding);
    shingles_.resize(std::max(shingles_.size(), words.size() + kRunPadding));
    hash_->words(folded, words.data(), words.size(), hashes_.data() + before);
    hash_->runs(hashes_.data(), words.size(), ngram_, shingles_.data());
  }

  std::size_t ngram_;
  const WordHashes* hash_;
  std::uint64_t last_ = 0;  ///< of the last run, which is the only one of a text of few words
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> shingles_;
  FoldedWords words_;
};

}  // namespace quern
