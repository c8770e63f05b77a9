// Figures of pages: each by an example, and the fast walk against the definitions on hostile text, with every kernel.

#include "plain_page.hpp"
#include "quern/base/kernel.hpp"
#include "quern/filter/page_repeats.hpp"
#include "quern/filter/page_statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <random>
#include <string>

using namespace quern;

namespace quern {

void PrintTo(const PageStatistics& p, std::ostream* out) {
  *out << "chars " << p.chars << " newlines " << p.newlines << " lines " << p.lines << " ended " << p.ended_lines
       << " short " << p.short_lines << " unmarked " << p.unmarked_lines << " ellipsis " << p.ellipsis_lines << " bullet " << p.bullet_lines << " paragraphs "
       << p.paragraphs << " boilerplate " << p.boilerplate_paragraphs << " words " << p.words << " word_chars " << p.word_chars
       << " longest " << p.longest_word << " alpha " << p.alpha_words << " symbol " << p.symbol_words << " common " << p.common_words
       << " sentences " << p.sentences << " digits " << p.digits << " url " << p.url_chars << " white " << p.white_space << " brackets "
       << p.brackets << " basic " << p.basic_chars << " lorem " << p.lorem_ipsum << " braces " << p.open_braces;
}

void PrintTo(const PageRepeats& r, std::ostream* out) {
  *out << r.lines << ' ' << r.line_chars << ' ' << r.duplicate_lines << ' ' << r.duplicate_line_chars << ' ' << r.paragraphs << ' '
       << r.paragraph_chars << ' ' << r.duplicate_paragraphs << ' ' << r.duplicate_paragraph_chars;
}

}  // namespace quern

namespace {

void expect_the_same(std::string_view text) {
  const PageStatistics plain = plain::count_page(text);
  for (const Kernel kernel : available_kernels()) {
    ASSERT_EQ(count_page(text, kernel), plain) << name(kernel) << ": " << testing::PrintToString(text);
  }
  ASSERT_EQ(count_page_repeats(text), plain::count_repeats(text)) << testing::PrintToString(text);
}

/// Text made of pieces that the rules look for, cut and joined anywhere.
std::string hostile_text(std::mt19937& random, std::size_t pieces) {
  static const std::array<std::string, 52> kPieces = {
      " ", "\n", "\n\n", "  ", "\t", "a", "the", "Be", "of", "and", "lorem ipsum", "Lorem", " IPSUM", "http://", "https://a.b/c?d#e",
      "http:", "://", "terms of use", "TERMS OF USE", "privacy policy", "Privacy & Cookies Policy", "uses cookies", "use cookies",
      "cookie policy", "cook", "#",
      "##", "#a#", "...", "[...]", "\u2026", "-\u00BB", "(...)", "read more", ".", "!", "?", "\"", "'", "Mr. J. Smith", "3.14", "{", "}",
      "\u27E8",
      "\u00A0", "\u3000", "\u65E5\u672C\u3002", "\u0663", "\u00E9t\u00E9", "\u2022", "\u2023 x", "word"};
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) text += kPieces[random() % kPieces.size()] + (random() % 3 == 0 ? " " : "");
  return text;
}

}  // namespace

TEST(Page, CountsSentencesLineByLine) {
  EXPECT_EQ(count_page("One. Two! Three? Four").sentences, 4u);
  EXPECT_EQ(count_page("One.\nTwo\n\n  \nThree.").sentences, 3u);
  EXPECT_EQ(count_page("J. K. Smith paid 3.50 ... and left (at last.) Then \"he said.\" No more.").sentences, 3u);
  EXPECT_EQ(count_page("\u4F60\u597D\u3002\u518D\u89C1\u3002").sentences, 2u);
  EXPECT_EQ(count_page("").sentences, 0u);
}

TEST(Page, CountsLinesThatEndWithATerminalMarkWithoutStrippingThem) {
  const PageStatistics p = count_page("One.\nTwo. \nThree'\n\u4F60\u3002\nFive\n\n   \n");
  EXPECT_EQ(p.lines, 5u);
  EXPECT_EQ(p.ended_lines, 3u);
  EXPECT_EQ(p.unmarked_lines, 2u);  // the ideographic full stop is none of NeMo Curator's marks
  EXPECT_EQ(p.newlines, 7u);
}

TEST(Page, TakesALineOfThirtyCharactersForShort) {
  const std::string thirty(30, 'x');
  std::string wide;
  for (int i = 0; i < 30; ++i) wide += "\u00E9";
  EXPECT_EQ(count_page(thirty + "\n" + thirty + "x\n" + wide + "\n" + wide + "x").short_lines, 2u);
}

TEST(Page, CountsStockPhrasesByParagraph) {
  const PageStatistics p =
      count_page("Our Privacy Policy. See the terms of use.\n\nNothing here.\n\nThis site uses COOKIES.\n\nprivacy cookies");
  EXPECT_EQ(p.paragraphs, 4u);
  EXPECT_EQ(p.boilerplate_paragraphs, 2u);
  EXPECT_EQ(count_page("a lorem ipsum, LOREM IPSUM").lorem_ipsum, 2u);
}

TEST(Page, CountsUrlsAsOneMatchEach) {
  EXPECT_EQ(count_page("see http://a.b/c#d and https://x. http:// y").url_chars, 12u + 10u);
  EXPECT_EQ(count_page("http://a.b/http://c.d").url_chars, 21u);
}

TEST(Page, CountsCommonWordsUpToAHundred) {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "the ";
  EXPECT_EQ(count_page(text).common_words, 100u);
  EXPECT_EQ(count_page("The the, then the").common_words, 1u);
}

TEST(Page, MeasuresWordsAcrossBlocks) {
  int checked = 0;
  for (const std::size_t length : {1u, 62u, 63u, 64u, 65u, 127u, 128u, 200u, 1001u}) {
    for (std::size_t before = 0; before < 130; before += 13, ++checked) {
      const std::string text = std::string(before, ' ') + std::string(length, '1') + " ab";
      EXPECT_EQ(count_page(text).longest_word, std::max<std::size_t>(length, 2));
      EXPECT_EQ(count_page(text).alpha_words, 1u);
    }
  }
  EXPECT_EQ(checked, 90);
}

TEST(Page, HasTheFiguresOfTheDefinitionWithEveryKernel) {
  std::mt19937 random(5);
  int texts = 0;
  for (; texts < 3000; ++texts) ASSERT_NO_FATAL_FAILURE(expect_the_same(hostile_text(random, random() % 120)));
  EXPECT_EQ(texts, 3000);
}

TEST(Page, StaysLinearOnHostileText) {
  const std::size_t pieces = 200'000;
  for (const std::string piece : {"#a", "http://", ".)", "cookie", "\n\n", "x", "...", "uses cookies", "m i", ". "}) {
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) text += piece;
    EXPECT_EQ(count_page(text).chars, text.size());
    EXPECT_EQ(count_page_repeats(text).paragraphs, piece == "\n\n" ? pieces + 1 : 1u);
  }
}
