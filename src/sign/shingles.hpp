#pragma once
// Hashes of words and of runs of words.

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "quern/text/words.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

static_assert(std::endian::native == std::endian::little, "hashes are defined on little-endian loads");

/// Both halves of the 128-bit product, folded.
inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) noexcept {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
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
/// Reads up to 15 bytes beyond the word.
inline std::uint64_t hash_word(const char* word, std::size_t bytes) noexcept {
  constexpr std::uint64_t kFirst = 0x9e3779b97f4a7c15u;   // odd constants without structure: the golden ratio's and pi's digits
  constexpr std::uint64_t kSecond = 0x243f6a8885a308d3u;
  const auto load = [](const char* from) {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  std::uint64_t h = 0;
  for (; bytes > 16; word += 16, bytes -= 16) h = multiply_fold(load(word) ^ kFirst ^ h, load(word + 8) ^ kSecond);
  const TailMask& mask = kTailMasks[bytes];
  return multiply_fold((load(word) & mask.low) ^ kFirst ^ h, (load(word + 8) & mask.high) ^ kSecond);
}

/// Runs of `ngram` consecutive words, each as one 64-bit hash that depends on their order.
class Shingles {
 public:
  explicit Shingles(std::uint32_t ngram) : before_(ngram) {
    for (std::uint32_t i = 0; i < ngram; ++i) leaving_ *= kFactor;
  }

  /// Calls take(std::span<const std::uint64_t> hashes) with the shingles' hashes in order, some thousands at a time:
  /// words - ngram + 1 of them in all, one for 1 to ngram words, none without words.
  template <class Take>
  void for_each_batch(std::string_view text, Take&& take) {
    std::size_t seen = 0;
    std::uint64_t sum = 0;
    hashes_.assign(before_, 0);  // words before the first one, which count nothing
    words_.for_each_batch(text, [&](const char* folded, std::span<const FoldedWords::Word> words) {
      hash_words(folded, words);
      add_words(words.size(), sum);
      const std::size_t partial = std::min(words.size(), before_ - 1 - std::min(seen, before_ - 1));
      seen += words.size();
      if (partial < words.size()) take(std::span<const std::uint64_t>(shingles_).subspan(partial, words.size() - partial));
    });
    if (seen > 0 && seen < before_) {
      const std::uint64_t only = mix64(sum);
      take(std::span<const std::uint64_t>(&only, 1));
    }
  }

 private:
  static constexpr std::uint64_t kFactor = 0xd6e8feb86659fd93u;

  /// hashes_ = the hashes of the last before_ words, then those of `words`.
  void hash_words(const char* folded, std::span<const FoldedWords::Word> words) {
    std::copy(hashes_.end() - static_cast<std::ptrdiff_t>(before_), hashes_.end(), hashes_.begin());
    hashes_.resize(before_ + words.size());
    std::uint64_t* to = hashes_.data() + before_;
    for (const FoldedWords::Word& word : words) *to++ = hash_word(folded + word.begin, word.end - word.begin);
  }

  /// sum = h[i] * kFactor^(ngram - 1) + ... + h[i + ngram - 1], moved along by n words; shingles_[k] is of the run that ends at word k.
  void add_words(std::size_t n, std::uint64_t& sum) {
    shingles_.resize(std::max(shingles_.size(), n));
    const std::uint64_t* const left = hashes_.data();
    for (std::size_t i = 0; i < n; ++i) {
      sum = sum * kFactor + (left[before_ + i] - left[i] * leaving_);
      shingles_[i] = mix64(sum);
    }
  }

  std::size_t before_;         ///< ngram
  std::uint64_t leaving_ = 1;  ///< kFactor^ngram
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> shingles_;
  FoldedWords words_;
};

}  // namespace quern
