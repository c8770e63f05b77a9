#include "quern/sign/signer.hpp"

#include "sign/kernels/minhash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace quern;

namespace {

Signature signature(std::string_view text, const NearSpec& spec = {}, Kernel kernel = chosen_kernel()) {
  Signature out;
  EXPECT_TRUE(Signer(spec, kernel).sign(text, out));
  return out;
}

std::vector<std::uint64_t> shingles(std::string_view text, std::uint32_t ngram = 5) {
  NearSpec spec;
  spec.ngram = ngram;
  std::vector<std::uint64_t> set;
  Signer(spec).shingle_set(text, set);
  return set;
}

std::string numbered_words(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += "w" + std::to_string(i) + " ";
  return text;
}

}  // namespace

TEST(Signer, TextWithoutWordsHasNoSignature) {
  Signer signer{NearSpec{}};
  Signature out;
  out.band_keys = {42};
  for (std::string_view text : {"", " \n", "... --- !!!", "\u3002\u3001"}) EXPECT_FALSE(signer.sign(text, out)) << text;
  EXPECT_EQ(out.band_keys, std::vector<std::uint64_t>{42});
  EXPECT_TRUE(shingles("...").empty());
}

TEST(Signer, CountsShinglesAsWordsMinusFour) {
  EXPECT_EQ(shingles("one").size(), 1u);
  EXPECT_EQ(shingles("one two three four").size(), 1u);
  EXPECT_EQ(shingles("one two three four five").size(), 1u);
  EXPECT_EQ(shingles("one two three four five six").size(), 2u);
  EXPECT_EQ(shingles(numbered_words(0, 1000)).size(), 996u);
  EXPECT_EQ(shingles(numbered_words(0, 1000), 1).size(), 1000u);
  EXPECT_EQ(shingles("a a a a a a a a").size(), 1u);
}

TEST(Signer, ShinglesDependOnTheOrderOfTheWords) {
  EXPECT_NE(shingles("a b c d e"), shingles("b a c d e"));
  EXPECT_NE(shingles("a b c d"), shingles("a b d c"));
  EXPECT_NE(shingles("ab c"), shingles("a bc"));
}

TEST(Signer, ShinglesIgnoreCasePunctuationAndSpacing) {
  EXPECT_EQ(shingles("The quick, brown fox jumps over."), shingles("the QUICK -- brown\n\nfox jumps: over"));
}

TEST(Signer, WordsOfAnyLengthAreDistinct) {
  std::set<std::uint64_t> hashes;
  std::string word;
  for (std::size_t n = 1; n <= 100; ++n) {
    word += 'x';
    hashes.insert(shingles(word).at(0));
    for (std::size_t i = 0; i < n; ++i) {
      std::string other = word;
      other[i] = 'y';
      hashes.insert(shingles(other).at(0));
    }
  }
  EXPECT_EQ(hashes.size(), 100u + 100u * 101 / 2);
}

TEST(Signer, CharacterShinglesWhereThereAreNoSpaces) {
  EXPECT_EQ(shingles("\u6F22\u5B57\u4EEE\u540D\u4EA4\u3058\u308A\u6587").size(), 4u);
}

TEST(Signer, SignatureDependsOnTheSetOfShinglesAlone) {
  const Signature once = signature("a b c d e f a b c d e f");
  const Signature twice = signature("A b c, d e f a b c d e f a b c d e f");
  EXPECT_EQ(once.band_keys, twice.band_keys);
  EXPECT_EQ(once.sketch, twice.sketch);
  EXPECT_EQ(once.sketch_hash, twice.sketch_hash);
  EXPECT_NE(once.sketch_hash, signature("a b c d e f g").sketch_hash);
}

TEST(Signer, BandsNeverShareKeys) {
  NearSpec spec;
  spec.bands = 256;
  spec.rows = 1;
  const Signature s = signature("one shingle only", spec);
  EXPECT_EQ(std::set<std::uint64_t>(s.band_keys.begin(), s.band_keys.end()).size(), 256u);
}

TEST(Signer, SeedChangesTheSketchButNotTheShingles) {
  NearSpec one;
  NearSpec two;
  two.seed = 2;
  const std::string text = numbered_words(0, 300);
  EXPECT_NE(signature(text, one).band_keys, signature(text, two).band_keys);
  std::vector<std::uint64_t> a;
  std::vector<std::uint64_t> b;
  Signer(one).shingle_set(text, a);
  Signer(two).shingle_set(text, b);
  EXPECT_EQ(a, b);
}

TEST(Signer, IsTheSameOnEveryMachine) {
  // Frozen: a change of these values is a change of every data set made with near duplicates removed.
  const Signature s = signature(
      "It was a bright cold day in April, and the clocks were striking thirteen. \u6F22\u5B57\u4EEE\u540D \u00C9t\u00E9");
  EXPECT_EQ(s.sketch_hash.hex(), "764601d871a67dc3fbb1df2514d67364");
  EXPECT_EQ(s.band_keys.front(), 5200239565753116474u);
  EXPECT_EQ(s.band_keys.back(), 8722276066761563258u);
  EXPECT_EQ(hash64({reinterpret_cast<const char*>(s.sketch.data()), s.sketch.size()}), 11825097299532929471u);
}

TEST(Signer, CanBeMovedAndUsedAgain) {
  Signer first{NearSpec{}};
  Signature a;
  Signature b;
  ASSERT_TRUE(first.sign(numbered_words(0, 5000), a));
  Signer second = std::move(first);
  ASSERT_TRUE(second.sign(numbered_words(0, 5000), b));
  EXPECT_EQ(a.sketch_hash, b.sketch_hash);
  first = std::move(second);
  ASSERT_TRUE(first.sign("x", b));
  EXPECT_EQ(b.sketch_hash, signature("x").sketch_hash);
}

TEST(Kernels, GiveTheSameMinimaForAnyNumberOfShingles) {
  std::mt19937_64 random(7);
  HashFamily family;
  for (std::size_t k = 0; k < kSketchHashes; ++k) {
    family.a[k] = static_cast<std::uint32_t>(random()) | 1;
    family.b[k] = static_cast<std::uint32_t>(random());
  }
  std::size_t compared = 0;
  for (std::size_t n = 0; n <= 200; ++n) {
    std::vector<std::uint64_t> x(n + 3);
    for (std::uint64_t& value : x) value = random();
    for (std::size_t shift = 0; shift < 3; ++shift) {
      Minima expected;
      expected.value.fill(0xFFFFFFFF);
      lower_minima_scalar(family, x.data() + shift, n, expected);
      for (Kernel kernel : available_kernels()) {
        Minima minima;
        minima.value.fill(0xFFFFFFFF);
        lower_minima(kernel)(family, x.data() + shift, n, minima);
        ASSERT_EQ(minima.value, expected.value) << name(kernel) << ' ' << n;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 201u * 3 * available_kernels().size());
}

TEST(Kernels, GiveTheSameSignatures) {
  const std::string text = numbered_words(0, 3000);
  const Signature expected = signature(text, {}, Kernel::scalar);
  for (Kernel kernel : available_kernels()) {
    const Signature s = signature(text, {}, kernel);
    EXPECT_EQ(s.band_keys, expected.band_keys) << name(kernel);
    EXPECT_EQ(s.sketch, expected.sketch) << name(kernel);
  }
}

