#include "quern/text/words.hpp"

#include "quern/text/unicode.hpp"
#include "text/kernels/byte_mask.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace quern;

namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  FoldedWords folded;
  folded.for_each(text, [&](const char* word, std::size_t bytes) { all.emplace_back(word, bytes); });
  return all;
}

// The definition, character by character.
std::vector<std::string> words_by_definition(std::string_view text) {
  std::vector<std::string> all;
  bool in_word = false;
  bool base_is_unspaced = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_letter(c) && !is_mark(c) && !is_number(c) && c != '_') {
      in_word = false;
      continue;
    }
    const bool unspaced = (unicode::record(c).flags & unicode::kUnspaced) != 0;
    const bool begins = !in_word || (!is_mark(c) && (unspaced || base_is_unspaced));
    if (begins) all.emplace_back();
    if (begins || !is_mark(c)) base_is_unspaced = unspaced && !is_mark(c);
    append_utf8(all.back(), simple_fold(c));
    in_word = true;
  }
  return all;
}

using Words = std::vector<std::string>;

}  // namespace

TEST(FoldedWords, AreRunsOfLettersMarksNumbersAndUnderscores) {
  EXPECT_EQ(words("The quick_brown fox's 2nd (jump)!"), (Words{"the", "quick_brown", "fox", "s", "2nd", "jump"}));
  EXPECT_EQ(words(" \n"), Words{});
  EXPECT_EQ(words(""), Words{});
  EXPECT_EQ(words("x"), Words{"x"});
  EXPECT_EQ(words("a\u0301b \u0915\u093F\u0924\u093E\u092C \u0661\u0662"),
            (Words{"a\u0301b", "\u0915\u093F\u0924\u093E\u092C", "\u0661\u0662"}));
}

TEST(FoldedWords, FoldCase) {
  EXPECT_EQ(words("STRASSE Stra\u00DFe \u0394\u03A3 \u0130 \u212A\u023A"),
            (Words{"strasse", "stra\u00DFe", "\u03B4\u03C3", "\u0130", "k\u2C65"}));
}

TEST(FoldedWords, AreCharactersWhereScriptsHaveNoSpaces) {
  EXPECT_EQ(words("\u6F22\u5B57ab\u304B\u30FC3"), (Words{"\u6F22", "\u5B57", "ab", "\u304B", "\u30FC", "3"}));
  EXPECT_EQ(words("\u0E17\u0E35\u0E48\u0E19\u0E35\u0E48"), (Words{"\u0E17\u0E35\u0E48", "\u0E19\u0E35\u0E48"}));
  EXPECT_EQ(words("\uD55C\uAD6D\uC5B4 \uC0AC\uC804"), (Words{"\uD55C\uAD6D\uC5B4", "\uC0AC\uC804"}));
}

TEST(FoldedWords, AgreeWithTheDefinitionOnRandomText) {
  const std::u32string alphabet =
      U"aZ_9.\u00E9\u00C9\u0301\u023A\u6F22\u30AB\u30FC\u3002\u0E17\u0E35\u0E48\uD55C\u0915\u093F\u0F56\u0F0B\u0F71"
      U"\U0001F600\U00020BB7\u0660\u200D";
  std::mt19937_64 random(6);
  std::size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const std::size_t length = random() % 400;
    const std::size_t rare_pct = random() % 100;
    for (std::size_t k = 0; k < length; ++k) {
      append_utf8(text, random() % 100 < rare_pct ? alphabet[random() % alphabet.size()] : static_cast<char32_t>(' ' + random() % 95));
    }
    const Words expected = words_by_definition(text);
    ASSERT_EQ(words(text), expected) << text;
    found += expected.size();
  }
  EXPECT_GT(found, 100'000u);
}

TEST(FoldedWords, CrossPiecesAtAnyPlace) {
  std::size_t tried = 0;
  for (std::size_t before = 3'980; before < 4'190; ++before, ++tried) {
    const std::string spaces(before, ' ');
    ASSERT_EQ(words(spaces + "abc"), Words{"abc"});
    ASSERT_EQ(words(spaces + "\u6F22\u0301x y" + spaces), (Words{"\u6F22\u0301", "x", "y"}));
    ASSERT_EQ(words(std::string(before, 'a') + " b"), (Words{std::string(before, 'a'), "b"}));
  }
  EXPECT_EQ(tried, 210u);
}

TEST(FoldedWords, MayBeLongerThanManyPieces) {
  const std::string word(1'000'003, 'w');
  EXPECT_EQ(words("a " + word + " b"), (Words{"a", word, "b"}));
  const std::string full(64, 'x');
  EXPECT_EQ(words(full), Words{full});
}

TEST(FoldedWords, CanBeUsedAgain) {
  FoldedWords folded;
  std::size_t calls = 0;
  for (std::string_view text : {"one two", "\u6F22", "a"}) {
    folded.for_each(text, [&](const char*, std::size_t) { ++calls; });
  }
  EXPECT_EQ(calls, 4u);
}

TEST(ByteMask, IsTheSameByEitherWay) {
  std::mt19937_64 random(7);
  std::size_t compared = 0;
  for (int i = 0; i < 1'000; ++i) {
    char bytes[64 + 8];
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? ' ' : random());
    for (std::size_t at = 0; at < 8; ++at, ++compared) ASSERT_EQ(equal_mask(bytes + at, ' '), equal_mask_plain(bytes + at, ' '));
  }
  EXPECT_EQ(compared, 8'000u);
}
