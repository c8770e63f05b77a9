// RedPajama's signals by examples whose figures were worked out by hand from its definitions.

#include "quern/filter/redpajama.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

using namespace quern;

TEST(FixedLog, IsTheNaturalLogarithmToTheLastPlace) {
  int checked = 0;
  for (std::uint64_t n = 1; n < (std::uint64_t{1} << 40); n = n * 9 / 8 + 1, ++checked) {
    EXPECT_NEAR(static_cast<double>(fixed_log(n)), std::log(static_cast<double>(n)) * 0x1p24, 1.0) << n;
  }
  EXPECT_GT(checked, 150);
  EXPECT_EQ(fixed_log(1), 0u);
}

TEST(RedPajama, SplitsRawWordsAtPunctuation) {
  const RedPajamaCounts c = count_redpajama("Don't stop -- NASA's 42 ABC, the end.");
  // Don ' t stop -- NASA ' s 42 ABC , the end .
  EXPECT_EQ(c.raw_words, 14u);
  EXPECT_EQ(c.alpha_words, 8u);
  EXPECT_EQ(c.upper_case_words, 2u);
  EXPECT_EQ(c.stop_words, 3u);  // t s the
}

TEST(RedPajama, NormalizesWordsByCaseAndPunctuation) {
  const RedPajamaCounts c = count_redpajama("The well-known THE; -- the! \u00C9t\u00E9 1,000");
  // the wellknown the the ete 1000
  EXPECT_EQ(c.words, 6u);
  EXPECT_EQ(c.word_chars, 3u + 9 + 3 + 3 + 3 + 4);
  EXPECT_EQ(c.different_words, 4u);
  EXPECT_EQ(c.numbers, 4u);
  const double entropy = static_cast<double>(c.entropy) / (6 * 0x1p24);
  EXPECT_NEAR(entropy, 0.5 * std::log(2.0) + 3 * std::log(6.0) / 6, 1e-6);
}

TEST(RedPajama, CountsTheMostFrequentGramOnlyIfItRepeats) {
  EXPECT_EQ(count_redpajama("a b c d e").top_chars[0], 0u);
  const RedPajamaCounts c = count_redpajama("aa bb cc aa bb dd aa bb cc");
  EXPECT_EQ(c.top_chars[0], 12u);  // aa bb, three times
  EXPECT_EQ(c.top_chars[1], 12u);  // aa bb cc, twice
  EXPECT_EQ(c.top_chars[2], 0u);
}

TEST(RedPajama, CountsCharactersInRepeatedGramsOnce) {
  const RedPajamaCounts c = count_redpajama("a b c d e f x a b c d e f");
  EXPECT_EQ(c.duplicate_chars[0], 12u);  // both a..f, wholly covered by the 5-grams a..e and b..f
  EXPECT_EQ(c.duplicate_chars[1], 12u);
  EXPECT_EQ(c.duplicate_chars[2], 0u);
}

TEST(RedPajama, CountsSentencesAsStretchesWithAWord) {
  EXPECT_EQ(count_redpajama("One. Two... (three)! -- ?! four").sentences, 4u);
  EXPECT_EQ(count_redpajama("...").sentences, 0u);
}

TEST(RedPajama, LooksAtLines) {
  const RedPajamaCounts c = count_redpajama("\u2022 one.  \n  \u2013 JavaScript, two\n\nlast\u201D");
  EXPECT_EQ(c.lines, 4u);
  EXPECT_EQ(c.bullet_lines, 2u);
  EXPECT_EQ(c.terminal_lines, 2u);
  EXPECT_EQ(c.javascript, 1u);
  EXPECT_EQ(c.upper_case, 2u);
  EXPECT_EQ(count_redpajama("x lorem ipsum, {Lorem Ipsum}").lorem_ipsum, 2u);
  EXPECT_EQ(count_redpajama("").lines, 0u);
}

TEST(RedPajama, IsTheSameAfterALongText) {
  const std::string text = "one two three two three one two three";
  const RedPajamaCounts before = count_redpajama(text);
  std::string longer;
  for (int i = 0; i < 50'000; ++i) longer += "w" + std::to_string(i % 9973) + " ";
  count_redpajama(longer);
  EXPECT_EQ(count_redpajama(text), before);
}
