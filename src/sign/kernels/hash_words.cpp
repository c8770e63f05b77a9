#include "hash_words.hpp"

namespace quern {
namespace {

void words(const char* folded, const FoldedWords::Word* words, std::size_t n, std::uint64_t* to) noexcept {
  hash_words_inline(folded, words, n, to);
}
void runs(const std::uint64_t* h, std::size_t n, std::size_t ngram, std::uint64_t* to) noexcept { hash_runs_inline(h, n, ngram, to); }

}  // namespace

const WordHashes kWordHashesScalar{words, runs};

const WordHashes& word_hashes([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return kWordHashesAvx512;
  if (kernel == Kernel::avx2) return kWordHashesAvx2;
#endif
  return kWordHashesScalar;
}

}  // namespace quern
