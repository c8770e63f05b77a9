#pragma once
// Hashes of words and of runs of words.

#include "quern/base/hash.hpp"
#include "quern/base/kernel.hpp"
#include "quern/base/wide.hpp"
#include "quern/text/words.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quern {

static_assert(std::endian::native == std::endian::little, "hashes are defined on little-endian loads");

struct WordHashes {
  /// to[i] = hash_word(words[i]), n of them. Reads up to 15 bytes beyond a word.
  void (*words)(const char* folded, const FoldedWords::Word* words, std::size_t n, std::uint64_t* to) noexcept;

  /// to[i] = mix64(h[i] * f^(ngram - 1) + ... + h[i + ngram - 1]) mod 2^64 for i < n, where f is kRunFactor.
  /// @param h n + ngram - 1 hashes and kRunPadding more to read
  /// @param to room for kRunPadding more
  void (*runs)(const std::uint64_t* h, std::size_t n, std::size_t ngram, std::uint64_t* to) noexcept;
};

inline constexpr std::uint64_t kRunFactor = 0xd6e8feb86659fd93u;
inline constexpr std::size_t kRunPadding = 7;

/// The implementation for a kernel that this machine can run.
const WordHashes& word_hashes(Kernel kernel) noexcept;

extern const WordHashes kWordHashesScalar;
#if defined(__x86_64__)
extern const WordHashes kWordHashesAvx2;
extern const WordHashes kWordHashesAvx512;
#endif

// What the kernels share is always inlined: each compiles it for its own instruction set.

/// Both halves of the 128-bit product, folded.
[[gnu::always_inline]] inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) noexcept {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

[[gnu::always_inline]] inline std::uint64_t load_word(const char* from) noexcept {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// The bits of the last 0 to 16 bytes of a word in two little-endian loads.
struct TailMask {
  std::uint64_t low;
  std::uint64_t high;
};

inline constexpr std::array<TailMask, 17> kTailMasks = [] {
  std::array<TailMask, 17> masks{};
  for (std::size_t bytes = 1; bytes <= 16; ++bytes) {
    masks[bytes].low = ~std::uint64_t{0} >> (bytes < 8 ? 64 - 8 * bytes : 0);
    masks[bytes].high = bytes > 8 ? ~std::uint64_t{0} >> (128 - 8 * bytes) : 0;
  }
  return masks;
}();

/// 64-bit hash of a word, 16 bytes at a time. Words hold no zero bytes, so that filling up with them loses nothing.
[[gnu::always_inline]] inline std::uint64_t hash_word(const char* word, std::size_t bytes) noexcept {
  constexpr std::uint64_t kFirst = 0x9e3779b97f4a7c15u;   // odd constants without structure: the golden ratio's and pi's digits
  constexpr std::uint64_t kSecond = 0x243f6a8885a308d3u;
  std::uint64_t h = 0;
  while (bytes > 16) [[unlikely]] {
    h = multiply_fold(load_word(word) ^ kFirst ^ h, load_word(word + 8) ^ kSecond);
    word += 16;
    bytes -= 16;
  }
  const TailMask* mask = kTailMasks.data() + bytes;
  return multiply_fold((load_word(word) & mask->low) ^ kFirst ^ h, (load_word(word + 8) & mask->high) ^ kSecond);
}

[[gnu::always_inline]] inline void hash_words_inline(const char* folded, const FoldedWords::Word* words, std::size_t n,
                                                     std::uint64_t* to) noexcept {
  for (std::size_t i = 0; i < n; ++i) to[i] = hash_word(folded + words[i].begin, words[i].end - words[i].begin);
}

/// A sum that moves along the hashes.
struct RollingSum {
  const std::uint64_t* h;
  std::size_t ngram;
  std::uint64_t leaving = 1;  ///< f^ngram
  std::uint64_t sum = 0;

  [[gnu::always_inline]] RollingSum(const std::uint64_t* first, std::size_t length) noexcept : h(first), ngram(length) {
    for (std::size_t k = 0; k < ngram; ++k) {
      leaving *= kRunFactor;
      sum = sum * kRunFactor + h[k];
    }
  }
  [[gnu::always_inline]] void next() noexcept {
    sum = sum * kRunFactor + (h[ngram] - h[0] * leaving);
    ++h;
  }
};

/// Rolling: each sum is made of the one before. Two at a time, from the front and from the middle on, for one has to wait for itself.
[[gnu::always_inline]] inline void hash_runs_inline(const std::uint64_t* h, std::size_t n, std::size_t ngram, std::uint64_t* to) noexcept {
  if (n == 0) return;
  const std::size_t half = n / 2;
  RollingSum front(h, ngram);
  RollingSum back(h + half, ngram);
  for (std::size_t i = 0; i < half; ++i) {
    to[i] = mix64(front.sum);
    to[half + i] = mix64(back.sum);
    front.next();
    back.next();
  }
  if (n % 2 != 0) to[n - 1] = mix64(back.sum);
}

}  // namespace quern
