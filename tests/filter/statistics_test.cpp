#include "quern/filter/statistics.hpp"

#include "filter/bits.hpp"
#include "filter/kernels/token_masks.hpp"
#include "quern/text/unicode.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

using namespace quern;

namespace {

TextStatistics expect_equal_counts(std::string_view text) {
  const TextStatistics plain = count_statistics_plainly(text);
  for (Kernel kernel : available_kernels()) {
    EXPECT_EQ(count_statistics(text, kernel), plain) << name(kernel) << ": " << testing::PrintToString(text);
  }
  return plain;
}

// Pieces that meet each other at random: every class, characters of 1 to 4 bytes, runs longer than a block, stop words.
const std::vector<std::string> kPieces = {
    " ", "\n", "\t", "\u00A0", "\u3000", "\u2028", "the", "be", "to", "of", "and", "that", "have", "with", "The", "a", "word", "longer",
    "extraordinarily", "42", "7", "\u00E9", "\u6F22", "\u6F22\u5B57\u4EEE\u540D", "\U0001F600", "\u0301", "\u200B", "-", "--", "/", ":",
    "<", ">", "=", ",", ".", "..", "...", "....", "......", "\u2026", "\u2022", "#", "##", "|", "\\", "@", "^", "+", "(", ")", "\"",
    "\u201C", "_", "'", "\x01", "==========", "----------------------------------------------------------------------",
    "1234567890123456789012345678901234567890"};

std::string random_text(std::mt19937_64& random, std::size_t pieces, std::size_t kinds) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < kinds; ++i) chosen.push_back(random() % kPieces.size());
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) text += kPieces[chosen[random() % chosen.size()]];
  return text;
}

}  // namespace

TEST(Statistics, CountWhatTheDefinitionCounts) {
  const TextStatistics s = expect_equal_counts("The well-known (fox) of 2021 ...\n\n\u2022 and that # | \u2026\n - have\n");
  EXPECT_EQ(s.chars, 59u);
  EXPECT_EQ(s.tokens, 18u);  // The well - known ( fox ) of 2021 ... (bullet) and that # | (ellipsis) - have
  EXPECT_EQ(s.words, 9u);
  EXPECT_EQ(s.word_chars, 3u + 4 + 5 + 3 + 2 + 4 + 3 + 4 + 4);
  EXPECT_EQ(s.alpha_tokens, 8u);
  EXPECT_EQ(s.hashes, 1u);
  EXPECT_EQ(s.ellipses, 2u);
  EXPECT_EQ(s.lines, 4u);
  EXPECT_EQ(s.bullet_lines, 2u);
  EXPECT_EQ(s.ellipsis_lines, 2u);
  EXPECT_EQ(s.stop_words, 0b0111'1000u);  // of and that have
}

TEST(Statistics, OfNothingAreZero) {
  EXPECT_EQ(expect_equal_counts(""), TextStatistics{});
  const TextStatistics s = expect_equal_counts("\n\n ");
  EXPECT_EQ(s.lines, 3u);
  EXPECT_EQ(s.tokens, 0u);
}

TEST(Statistics, EllipsesDoNotOverlap) {
  EXPECT_EQ(expect_equal_counts("a...... b..... ........ ..").ellipses, 2u + 1 + 2);
  EXPECT_EQ(expect_equal_counts(std::string(300, '.')).ellipses, 100u);
}

TEST(Statistics, LinesEndInAnEllipsisBeforeTheirWhiteSpace) {
  EXPECT_EQ(expect_equal_counts("a...  \t\nb\u2026\nc... d\ne..\nf...").ellipsis_lines, 3u);
  EXPECT_EQ(expect_equal_counts("a..." + std::string(200, ' ') + "\nb").ellipsis_lines, 1u);
  EXPECT_EQ(expect_equal_counts("a..." + std::string(200, ' ') + "b\n").ellipsis_lines, 0u);
}

TEST(Statistics, LinesBeginWithABulletAfterTheirWhiteSpace) {
  EXPECT_EQ(expect_equal_counts("- a\n  -b\n\u00A0\u2022 c\nd - e\n\n*\n").bullet_lines, 3u);
  EXPECT_EQ(expect_equal_counts(std::string(200, ' ') + "- x").bullet_lines, 1u);
  EXPECT_EQ(expect_equal_counts("x" + std::string(200, ' ') + "- x").bullet_lines, 0u);
}

TEST(Statistics, StopWordsAreWholeTokensInLowerCase) {
  EXPECT_EQ(expect_equal_counts("the").stop_words, 1u);
  EXPECT_EQ(expect_equal_counts("(with)").stop_words, 0x80u);
  EXPECT_EQ(expect_equal_counts("to-be").stop_words, 6u);
  EXPECT_EQ(expect_equal_counts("The then bathe b_e 'of'x ofand").stop_words, 0u);
  EXPECT_EQ(expect_equal_counts("the be to of and that have with").stop_words, 0xFFu);
}

TEST(Statistics, AreTheSameAtAnyPlaceOfABlock) {
  std::size_t tried = 0;
  for (std::string_view middle : {"the", "(a...)", "x-y", "...", "\u2022", "\u2026\n", "\u3000", "\u6F22\u5B57", "=====", "-", "\n-\n",
                                  "a::b", "tothe="}) {
    for (std::size_t before = 0; before < 140; ++before, ++tried) {
      for (char filler : {' ', 'a', '-', '=', '7', '.'}) {
        const std::string text = std::string(before, filler) + std::string(middle) + std::string(70, filler);
        expect_equal_counts(text);
        expect_equal_counts(std::string(before, 'a') + std::string(middle) + std::string(70, filler) + "the b");
      }
    }
  }
  EXPECT_EQ(tried, 13u * 140);
}

TEST(Statistics, AreTheSameOnRandomText) {
  std::mt19937_64 random(21);
  std::uint64_t counted = 0;
  for (int i = 0; i < 60'000 && !testing::Test::HasFailure(); ++i) {
    const std::size_t pieces = random() % 120;  // drawn in this order on every machine
    const std::size_t kinds = 1 + random() % 20;
    counted += expect_equal_counts(random_text(random, pieces, kinds)).tokens;
  }
  EXPECT_GT(counted, 900'000u);
}

TEST(TokenMasks, AreTheSameWithEveryKernelOnEveryByte) {
  std::mt19937_64 random(22);
  std::size_t compared = 0;
  for (int i = 0; i < 4'096; ++i) {
    char bytes[64 + 16];
    std::uint64_t next = static_cast<std::uint64_t>(i);
    for (char& byte : bytes) byte = static_cast<char>(i < 256 ? next++ : random());
    const char* const p = bytes + i % 16;
    TokenMasks expected;
    find_token_masks_plain(p, expected);
    for (Kernel kernel : available_kernels()) {
      TokenMasks masks;
      find_token_masks(kernel)(p, masks);
      ASSERT_EQ(masks, expected) << name(kernel);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 4'096 * available_kernels().size());
}

TEST(BitFills, WalkAlongRuns) {
  EXPECT_EQ(after_run(0b0000'0010, 0b0000'1110), 0b0001'0000u);
  EXPECT_EQ(after_run(0b0100'0000, 0b0000'1110), 0b0100'0000u);
  EXPECT_EQ(fill_up(0b0000'0010, 0b0110'1110), 0b0000'1110u);
  EXPECT_EQ(fill_down(0b0000'1000, 0b0110'1110), 0b0000'1110u);
  EXPECT_EQ(fill_down(std::uint64_t{1} << 62, ~std::uint64_t{0} >> 1), ~std::uint64_t{0} >> 1);
  EXPECT_EQ(fill_down(0b0001'0000, 0b0110'1110), 0u);
}
