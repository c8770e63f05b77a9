#include "filter/gram_sieve.hpp"

#include "filter/met_filter.hpp"
#include "filter/part_counter.hpp"
#include "filter/ratio.hpp"
#include "filter/rough_hash.hpp"
#include "quern/base/hash.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/token_places.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace quern;

namespace {

std::string random_words(std::mt19937_64& random, std::size_t words, std::size_t kinds) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) text += "w" + std::to_string(random() % kinds) + (random() % 9 == 0 ? "\u00E9\n" : " ");
  return text;
}

}  // namespace

TEST(MetFilter, NeverForgetsAndSeldomImagines) {
  MetFilter filter;
  std::size_t tried = 0;
  for (const std::size_t hashes : {0u, 1u, 5u, 100u, 10'000u}) {
    filter.start(hashes);
    std::size_t imagined = 0;
    for (std::size_t i = 0; i < hashes; ++i, ++tried) {
      EXPECT_FALSE(filter.has_met(mix64(i)) && hashes == 1);
      imagined += filter.meet(mix64(i));
    }
    for (std::size_t i = 0; i < hashes; ++i) EXPECT_TRUE(filter.has_met(mix64(i)) && filter.meet(mix64(i)));
    EXPECT_LE(imagined, hashes / 50);
  }
  EXPECT_EQ(tried, 10'106u);
}

TEST(RoughHash, IsOfTheBytesAloneWhereverTheyStand) {
  std::size_t tried = 0;
  for (std::size_t length = 1; length <= 40; ++length) {
    const std::string word = std::string("abcdefghijklmnopqrstuvwxyz0123456789ABCD").substr(0, length);
    const std::uint64_t alone = rough_hash(word, 0, length);
    for (const char other : {'\0', 'x', '\xFF'}) {
      for (std::size_t behind = 0; behind < 10; ++behind, ++tried) {
        EXPECT_EQ(rough_hash("zz" + word + std::string(behind, other), 2, length), alone) << length << " " << behind;
      }
    }
    EXPECT_NE(rough_hash(word + "a", 0, length + 1), alone);
    EXPECT_NE(rough_hash(word + '\0', 0, length + 1), alone);
  }
  EXPECT_EQ(tried, 40u * 30);
  EXPECT_NE(rough_hash("aaaaaaaaa", 0, 8), rough_hash("aaaaaaaaa", 0, 9));
}

TEST(GramSieve, HashesTellTheOrderOfWords) {
  TokenPlaces tokens;
  const std::string text = "a b a b c a";
  find_tokens(text, tokens);
  GramSieve sieve;
  sieve.start(text, tokens);
  EXPECT_EQ(sieve.hash_of<2>(0), sieve.hash_of<2>(2));
  EXPECT_NE(sieve.hash_of<2>(0), sieve.hash_of<2>(1));
  EXPECT_NE(sieve.hash_of<3>(0), sieve.hash_of<3>(1));
}

TEST(GramSieve, BoundsAreNeverBelowTheFigures) {
  std::mt19937_64 random(31);
  RepetitionCounter counter;
  GramSieve sieve;
  TokenPlaces tokens;
  std::size_t texts = 0, tight = 0;
  for (; texts < 3000; ++texts) {
    const std::string text = random_words(random, random() % 400, 1 + random() % 60);
    const RepetitionCounts counts = counter.count(text);
    find_tokens(text, tokens);
    sieve.start(text, tokens);
    for (std::size_t n = 2; n <= 4; ++n) ASSERT_GE(sieve.most_top_chars(n), counts.top_chars[n - 2]) << text;
    const auto most = sieve.most_duplicate_chars();
    for (std::size_t n = 5; n <= 10; ++n) ASSERT_GE(most[n - 5], counts.duplicate_chars[n - 5]) << text;
    tight += most[0] < text.size() / 10;
  }
  EXPECT_EQ(texts, 3000u);
  EXPECT_GT(tight, 300u);
}

TEST(GramSieve, LeavesEveryPlaceThatMatters) {
  const std::string text = "a b c d e x y z a b c d e q a b";
  TokenPlaces tokens;
  find_tokens(text, tokens);
  GramSieve sieve;
  sieve.start(text, tokens);
  GramSieve::Frequent frequent;
  sieve.find_frequent(2, frequent);
  const auto last = frequent.at.begin() + static_cast<std::ptrdiff_t>(frequent.count);
  for (const std::uint32_t place : {0u, 8u, 14u}) EXPECT_TRUE(std::find(frequent.at.begin(), last, place) != last) << place;
  EXPECT_LE(frequent.least, 3u);
  GramSieve::Places at;
  const std::size_t found = sieve.find_repeated(at);
  EXPECT_GE(found, 2u);
  EXPECT_TRUE(std::find(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(found), 0u) != at.end());
  EXPECT_TRUE(std::find(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(found), 8u) != at.end());
}

TEST(PartCounter, BoundsAreNeverBelowTheFigures) {
  std::mt19937_64 random(32);
  PartCounter parts;
  TokenPlaces tokens;
  std::size_t texts = 0;
  std::uint64_t duplicates = 0;
  for (; texts < 2000; ++texts) {
    const std::string text = random_words(random, random() % 300, 1 + random() % 8);
    find_tokens(text, tokens);
    parts.find_lines(text, {tokens.newlines.data(), tokens.newline_count});
    const PartCounter::Parts most = parts.count_at_most(), exact = parts.count();
    EXPECT_EQ(most.all, exact.all);
    EXPECT_GE(most.duplicates, exact.duplicates);
    EXPECT_GE(most.duplicate_chars, exact.duplicate_chars);
    duplicates += exact.duplicates;
  }
  EXPECT_EQ(texts, 2000u);
  EXPECT_GT(duplicates, 1000u);
}

TEST(Ratio, LargestPartIsTheLastThatIsNotAbove) {
  std::size_t tried = 0;
  for (const std::uint64_t whole : {0ull, 1ull, 3ull, 1000ull, 999'999ull, 123'456'789'012ull}) {
    for (const std::uint64_t ppm : {0ull, 1ull, 333'333ull, 1'000'000ull, 7'000'000ull}) {
      const std::uint64_t part = largest_part(whole, ppm);
      EXPECT_TRUE(compare_ratio(part, whole, ppm) <= 0);
      EXPECT_TRUE(compare_ratio(part + 1, whole, ppm) > 0);
      ++tried;
    }
  }
  EXPECT_EQ(tried, 30u);
  EXPECT_EQ(largest_part(UINT64_MAX, UINT64_MAX), UINT64_MAX);
}
