#include "quern/filter/chain.hpp"

#include "filter/ratio.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace quern;

namespace {

Reason judged(std::string_view text, const FilterSpec& spec = GopherQualitySpec{}) {
  const std::vector<FilterSpec> filters = {spec};
  return FilterChain(filters).judge(text);
}

std::string times(std::size_t n, std::string_view what) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) all += what;
  return all;
}

// Passes all rules: 60 words of 4.1 letters, two stop words.
std::string good() { return times(10, "the cats sleep of course\n") + "home home"; }

GopherQualitySpec without_word_bounds() {
  GopherQualitySpec spec;
  spec.min_words = 0;
  spec.min_stop_words = 0;
  return spec;
}

}  // namespace

TEST(FilterChain, WithoutFiltersKeepsEverything) {
  EXPECT_EQ(FilterChain({}).judge(""), Reason::none);
  EXPECT_EQ(FilterChain({}).judge("x"), Reason::none);
}

TEST(FilterChain, FirstFailingRuleInListedOrderNamesTheReason) {
  const std::vector<FilterSpec> length_first = {LengthSpec{10, 20}, GopherQualitySpec{}};
  const std::vector<FilterSpec> quality_first = {GopherQualitySpec{}, LengthSpec{10, 20}};
  EXPECT_EQ(FilterChain(length_first).judge("short"), Reason::length_min);
  EXPECT_EQ(FilterChain(quality_first).judge("short"), Reason::gopher_words_min);
  EXPECT_EQ(FilterChain(quality_first).judge(good()), Reason::length_max);
}

TEST(FilterChain, GivesTheSameVerdictHoweverTheSplitIsShared) {
  std::string prose = "the cats and ";  // nothing in it repeats
  for (char first = 'a'; first <= 'z'; ++first) {
    for (char second = 'a'; second <= 'e'; ++second) prose += std::string{first, second, 'o', first, second, ' '};
  }
  ASSERT_EQ(judged(prose, GopherQualitySpec{}), Reason::none);
  ASSERT_EQ(judged(prose, GopherRepetitionSpec{}), Reason::none);
  const std::string repeated = good() + " " + good(), short_text = "short", long_words = times(60, "with extraordinarily-") + good();
  std::size_t judged_texts = 0;
  for (const std::vector<FilterSpec>& filters :
       {std::vector<FilterSpec>{GopherQualitySpec{}, GopherRepetitionSpec{}},
        std::vector<FilterSpec>{GopherRepetitionSpec{}, GopherQualitySpec{}},
        std::vector<FilterSpec>{LengthSpec{10, 20'000}, GopherRepetitionSpec{}, GopherQualitySpec{}}}) {
    const FilterChain chain(filters);
    const std::vector<std::string> texts = {good(), repeated, short_text, long_words, prose};
    std::vector<Reason> expected;
    for (const std::string& text : texts) {
      Reason reason = Reason::none;
      for (const FilterSpec& filter : filters) reason = reason == Reason::none ? judged(text, filter) : reason;
      expected.push_back(reason);
    }
    // Each text after each two others: what was needed for the one before decides how the next is split.
    for (const std::string& first : texts) {
      for (const std::string& before : texts) {
        for (std::size_t i = 0; i < texts.size(); ++i, ++judged_texts) {
          chain.judge(first);
          chain.judge(before);
          EXPECT_EQ(chain.judge(texts[i]), expected[i]);
        }
      }
    }
  }
  EXPECT_EQ(judged_texts, 3u * 125);
}

TEST(Length, IsInCodePoints) {
  EXPECT_EQ(judged("\u00E9\u6F22\U0001F600", LengthSpec{3, 3}), Reason::none);
  EXPECT_EQ(judged("\u00E9\u6F22", LengthSpec{3, 3}), Reason::length_min);
  EXPECT_EQ(judged("abcd", LengthSpec{3, 3}), Reason::length_max);
  EXPECT_EQ(judged("", LengthSpec{}), Reason::none);
}

TEST(GopherQuality, KeepsProse) {
  EXPECT_EQ(judged(good() + " " + good()), Reason::none);
}

TEST(GopherQuality, BoundsTheNumberOfWords) {
  EXPECT_EQ(judged(times(49, "that with ").substr(0, 49 * 5)), Reason::gopher_words_min);
  EXPECT_EQ(judged(times(25, "that with ")), Reason::none);
  EXPECT_EQ(judged(times(24, "that with ") + "that ... ! ? -- |"), Reason::gopher_words_min);  // punctuation is no word
  EXPECT_EQ(judged(times(50'000, "that with ")), Reason::none);
  EXPECT_EQ(judged(times(50'000, "that with ") + "x"), Reason::gopher_words_max);
}

TEST(GopherQuality, BoundsTheMeanWordLengthExactly) {
  EXPECT_EQ(judged(times(30, "the and ")), Reason::none);  // exactly 3
  EXPECT_EQ(judged(times(30, "the and ") + "a"), Reason::gopher_word_length_min);
  EXPECT_EQ(judged(times(30, "abcdefghijklmnopq the ")), Reason::gopher_stop_words);  // exactly 10: the next rule that fails
  EXPECT_EQ(judged(times(30, "abcdefghijklmnopq the ") + "abcdefghijk"), Reason::gopher_word_length_max);
}

TEST(GopherQuality, BoundsHashesAndEllipsesByTokens) {
  const std::string words = times(45, "that with ");
  EXPECT_EQ(judged(words + times(10, "# ")), Reason::none);  // 10 of 100
  EXPECT_EQ(judged(words + times(11, "# ")), Reason::gopher_hash_ratio);
  EXPECT_EQ(judged(words + times(10, "... ") + "that"), Reason::none);
  EXPECT_EQ(judged(words + times(11, "\u2026 ") + "that"), Reason::gopher_ellipsis_ratio);
}

TEST(GopherQuality, BoundsBulletAndEllipsisLines) {
  const std::string bullets = times(9, "- that with have that with have\n");
  EXPECT_EQ(judged(bullets + "that with\n"), Reason::none);  // exactly 9 of 10
  EXPECT_EQ(judged(bullets), Reason::gopher_bullet_lines);
  const std::string line = "that with have that with have that with have";
  EXPECT_EQ(judged(times(3, line + "...\n") + times(7, line + "\n")), Reason::none);
  EXPECT_EQ(judged(times(3, line + "...\n") + times(6, line + "\n")), Reason::gopher_ellipsis_lines);
}

TEST(GopherQuality, WantsLettersInFourOfFiveTokens) {
  EXPECT_EQ(judged(times(20, "that with have that 1234 ")), Reason::none);  // exactly 0.8
  EXPECT_EQ(judged(times(20, "that with have that 1234 ") + "!"), Reason::gopher_alpha_words);
}

TEST(GopherQuality, WantsTwoDifferentStopWords) {
  EXPECT_EQ(judged(times(60, "word ") + "the the the"), Reason::gopher_stop_words);
  EXPECT_EQ(judged(times(60, "word ") + "the of"), Reason::none);
  EXPECT_EQ(judged(times(60, "word ") + "The Of And"), Reason::gopher_stop_words);
}

TEST(GopherQuality, DividesByNothing) {
  EXPECT_EQ(judged("", without_word_bounds()), Reason::none);
  EXPECT_EQ(judged("\n", without_word_bounds()), Reason::none);
}

TEST(Ratio, IsComparedExactlyBeyond64Bits) {
  EXPECT_TRUE(compare_ratio(1, 3, 333'333) > 0);
  EXPECT_TRUE(compare_ratio(1, 4, 250'000) == 0);
  EXPECT_TRUE(compare_ratio(0, 0, 1) == 0);
  EXPECT_TRUE(compare_ratio(UINT64_MAX / 2, UINT64_MAX, 500'000) < 0);
}
