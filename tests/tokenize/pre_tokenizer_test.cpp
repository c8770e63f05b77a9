#include "quern/tokenize/pre_tokenizer.hpp"

#include "quern/base/error.hpp"
#include "tokenize/nasty_text.hpp"
#include "tokenize/regex_oracle.hpp"
#include "tokenize/rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <string>
#include <vector>

namespace quern {
namespace {

using testing::ElementsAre;

std::vector<std::string> cut(std::string_view pattern, std::string_view text, std::size_t at_once = 64) {
  const PreTokenizer pre_tokenizer(pattern_of(pattern));
  std::vector<std::string> pieces;
  std::vector<std::size_t> ends(at_once);
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = pre_tokenizer.cut(text, at, ends);
    for (std::size_t i = 0; i < n; ++i) {
      pieces.emplace_back(text.substr(begin, ends[i] - begin));
      begin = ends[i];
    }
  }
  return pieces;
}

struct Published {
  std::string_view pattern;
  std::string_view regex;
};

// As published; facts about where are in docs/formats/tokenizers.md.
constexpr std::array kPublished = {
    Published{"gpt2", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"},
    Published{"r50k_base", R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)"},
    Published{"cl100k_base",
              R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)"},
    Published{"llama3",
              R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    Published{"qwen2",
              R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    Published{"o200k_base",
              R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
              R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
              R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
};

TEST(PreTokenizer, CutsAsThePublishedRegexesDo) {
  int compared = 0;
  for (const Published& published : kPublished) {
    const RegexOracle oracle(published.regex);
    NastyText texts(2024);
    for (int i = 0; i < rounds(4000); ++i) {
      const std::string text = texts.next(i % 20 == 0 ? 50 : 12);
      ASSERT_EQ(cut(published.pattern, text), oracle.find_all(text)) << published.pattern << ": " << testing::PrintToString(text);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 6 * rounds(4000));
}

TEST(PreTokenizer, CutsTheSameHoweverManyEndsAreAskedForAtOnce) {
  NastyText texts(7);
  int compared = 0;
  for (int i = 0; i < rounds(300); ++i) {
    const std::string text = texts.next(60);
    for (const std::string_view pattern : pattern_names()) {
      const auto whole = cut(pattern, text, 1000);
      ASSERT_EQ(whole, cut(pattern, text, 1));
      ASSERT_EQ(whole, cut(pattern, text, 3));
      std::string joined;
      for (const std::string& piece : whole) joined += piece;
      ASSERT_EQ(joined, text);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 6 * rounds(300));
}

TEST(PreTokenizer, NextGivesOneEnd) {
  const PreTokenizer pre_tokenizer(Pattern::gpt2);
  EXPECT_EQ(pre_tokenizer.next("Hello world", 0), 5u);
  EXPECT_EQ(pre_tokenizer.next("Hello world", 5), 11u);
}

TEST(PreTokenizer, ContractionsBeginAtABorderOnly) {
  EXPECT_THAT(cut("gpt2", "it's ''s 's I'LL"), ElementsAre("it", "'s", " ''", "s", " '", "s", " I", "'", "LL"));
  EXPECT_THAT(cut("cl100k_base", "it's ''s 's I'LL"), ElementsAre("it", "'s", " ''", "s", " '", "s", " I", "'LL"));
  EXPECT_THAT(cut("o200k_base", "it's 's I'LL"), ElementsAre("it's", " '", "s", " I'LL"));
}

TEST(PreTokenizer, TheLongSIsAnSWhereCaseDoesNotCount) {
  EXPECT_THAT(cut("llama3", "it'ſx"), ElementsAre("it", "'ſ", "x"));
  EXPECT_THAT(cut("gpt2", "it'ſx"), ElementsAre("it", "'", "ſx"));
}

TEST(PreTokenizer, ACurlyApostropheIsNoContraction) { EXPECT_THAT(cut("llama3", "it’s"), ElementsAre("it", "’s")); }

TEST(PreTokenizer, WhiteSpaceLeavesItsLastSpaceToTheWord) {
  EXPECT_THAT(cut("gpt2", "a   b\n\n c\t\td  "), ElementsAre("a", "  ", " b", "\n\n", " c", "\t", "\t", "d", "  "));
  EXPECT_THAT(cut("llama3", "a   b\n\n c\t\td  "), ElementsAre("a", "  ", " b", "\n\n", " c", "\t", "\td", "  "));
}

TEST(PreTokenizer, WhiteSpaceGoesUpToItsLastNewline) {
  EXPECT_THAT(cut("llama3", "a \n \r\n  b"), ElementsAre("a", " \n \r\n", " ", " b"));
  EXPECT_THAT(cut("llama3", "a \n  "), ElementsAre("a", " \n", "  "));
  EXPECT_THAT(cut("cl100k_base", "a \n  "), ElementsAre("a", " \n  "));
}

TEST(PreTokenizer, NewlinesAfterASymbolBelongToIt) {
  EXPECT_THAT(cut("llama3", "a.\n\n b"), ElementsAre("a", ".\n\n", " b"));
  EXPECT_THAT(cut("o200k_base", "a.\n/\n b"), ElementsAre("a", ".\n/\n", " b"));
}

TEST(PreTokenizer, NumbersGoInGroups) {
  EXPECT_THAT(cut("gpt2", "12345 6"), ElementsAre("12345", " 6"));
  EXPECT_THAT(cut("llama3", "12345 6"), ElementsAre("123", "45", " ", "6"));
  EXPECT_THAT(cut("qwen2", "123"), ElementsAre("1", "2", "3"));
}

TEST(PreTokenizer, UnicodeWhiteSpaceIsWhiteSpaceAndSeparatorsOfInformationAreNot) {
  EXPECT_THAT(cut("gpt2", "a\xC2\xA0\xE3\x80\x80 b"), ElementsAre("a", "\xC2\xA0\xE3\x80\x80", " b"));
  EXPECT_THAT(cut("gpt2", "a\x1C b\xE2\x80\x8B"), ElementsAre("a", "\x1C", " b", "\xE2\x80\x8B"));
}

TEST(PreTokenizer, CapitalsBeginAWordOfO200k) {
  EXPECT_THAT(cut("o200k_base", "camelCase HTMLPage 漢A"), ElementsAre("camel", "Case", " HTMLPage", " 漢", "A"));
}

TEST(PreTokenizer, BytesThatAreNotUtf8AreCutWithoutReadingOutside) {
  for (const std::string_view pattern : pattern_names()) {
    for (const std::string& text : {std::string("\xF0\x9F"), std::string("a\xFF\x80\x80"), std::string("'\xC5"), std::string("\xE3\x80"),
                                    std::string("\x80\x80 \xC3"), std::string("\xF4\xBF\xBF\xBF"), std::string(" \xF5")}) {
      // A copy of exactly this size lets a sanitizer see a byte too far.
      const std::vector<char> exact(text.begin(), text.end());
      std::string joined;
      for (const std::string& piece : cut(pattern, {exact.data(), exact.size()})) joined += piece;
      EXPECT_EQ(joined, text);
    }
  }
}

double seconds_for(std::string_view pattern, const std::string& text) {
  const PreTokenizer pre_tokenizer(pattern_of(pattern));
  std::array<std::size_t, 64> ends;
  const std::clock_t start = std::clock();
  for (std::size_t at = 0; at < text.size();) pre_tokenizer.cut(text, at, ends);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST(PreTokenizer, TimeGrowsWithTheTextAndNotWithItsSquare) {
  std::size_t measured = 0;
  for (const std::string_view pattern : pattern_names()) {
    for (const std::string unit : {"a", " ", "\n", " \n", "\xE3\x80\x80", "'", "A", "漢", "\xCC\x81", "9", "/\n", "漢A", " a", "\xCC\x81" "A"}) {
      std::string text;
      while (text.size() < 200'000) text += unit;
      // A step for every pair of characters would take minutes.
      EXPECT_LT(seconds_for(pattern, text), 1.0) << pattern << " on a run of " << testing::PrintToString(unit);
      ++measured;
    }
  }
  EXPECT_EQ(measured, 84u);
}

TEST(Pattern, NamesAreFoundAndUnknownOnesListed) {
  std::size_t found = 0;
  for (const std::string_view name : pattern_names()) found += find_pattern(name).has_value() ? 1 : 0;
  EXPECT_EQ(found, 6u);
  EXPECT_EQ(pattern_of("r50k_base"), pattern_of("gpt2"));
  try {
    pattern_of("gpt5");
    FAIL() << "an unknown pattern was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_THAT(error.what(), testing::HasSubstr("gpt2, r50k_base, cl100k_base, o200k_base, llama3, qwen2"));
  }
}

TEST(Pattern, WrittenRegexesMeanThePatternTheyAreWrittenFor) {
  for (const std::string_view name : pattern_names()) {
    const Pattern pattern = pattern_of(name);
    if (pattern == Pattern::gpt2) {
      EXPECT_EQ(split_regex(pattern), "");
      continue;
    }
    EXPECT_EQ(pattern_of_regex(split_regex(pattern)), pattern);
  }
  EXPECT_EQ(pattern_of_regex("\\w+"), std::nullopt);
  EXPECT_EQ(pattern_of_regex(kPublished[1].regex), Pattern::gpt2);
}

}  // namespace
}  // namespace quern
