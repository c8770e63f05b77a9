#if defined(__x86_64__)

#include "hash_words.hpp"

namespace quern {
namespace {

// No vectors: what this instruction set brings is a multiplication that leaves the flags and more registers alone.
[[gnu::target("arch=x86-64-v3")]] void words(const char* folded, const FoldedWords::Word* words, std::size_t n,
                                              std::uint64_t* to) noexcept {
  hash_words_inline(folded, words, n, to);
}
[[gnu::target("arch=x86-64-v3")]] void runs(const std::uint64_t* h, std::size_t n, std::size_t ngram, std::uint64_t* to) noexcept {
  hash_runs_inline(h, n, ngram, to);
}

}  // namespace

const WordHashes kWordHashesAvx2{words, runs};

}  // namespace quern

#endif
