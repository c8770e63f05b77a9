#if defined(__x86_64__)

#include "hash_words.hpp"

namespace quern {
namespace {

typedef std::uint64_t Eight __attribute__((vector_size(64), aligned(8), may_alias));

[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline Eight mix64(Eight x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

[[gnu::target("arch=x86-64-v4")]] void words(const char* folded, const FoldedWords::Word* words, std::size_t n,
                                              std::uint64_t* to) noexcept {
  hash_words_inline(folded, words, n, to);
}

// Eight sums at a time, each from its own hashes: ngram multiplications more, and no sum has to wait for the one before.
[[gnu::target("arch=x86-64-v4")]] void runs(const std::uint64_t* h, std::size_t n, std::size_t ngram, std::uint64_t* to) noexcept {
  constexpr std::size_t kLongest = 16;  // above it rolling is faster
  if (ngram > kLongest) {
    hash_runs_inline(h, n, ngram, to);
    return;
  }
  for (std::size_t i = 0; i < n; i += 8) {
    Eight sum = *reinterpret_cast<const Eight*>(h + i);
    for (std::size_t k = 1; k < ngram; ++k) sum = sum * kRunFactor + *reinterpret_cast<const Eight*>(h + i + k);
    *reinterpret_cast<Eight*>(to + i) = mix64(sum);
  }
}

}  // namespace

const WordHashes kWordHashesAvx512{words, runs};

}  // namespace quern

#endif
