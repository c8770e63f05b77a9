#include "corpus/word_spans.hpp"

#include "quern/text/words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quern {
namespace {

std::vector<std::string> spans(std::string_view text) {
  std::vector<std::string> words;
  for_each_word_span(text, [&](std::size_t begin, std::size_t end) {
    words.emplace_back(text.substr(begin, end - begin));
    return true;
  });
  return words;
}

std::string folded(std::string_view word) {
  std::string to;
  for (std::size_t at = 0; at < word.size();) append_utf8(to, simple_fold(next_code_point(word, at)));
  return to;
}

TEST(WordSpans, AreThoseOfTheFoldedWords) {
  std::vector<std::string> texts = {"", "One two_3, FOUR!", "漢字とかな kana漢", "e\xCC\x81 \xCC\x81x", "ไทย กำ", "한국어 text", "が\xE3\x82\x99" "a", "ÀÉ ß İı"};
  // Every kind of character beside every other.
  for (const char* const a : {"a", "_", " ", "漢", "\xCC\x81", "é", "5", "の", "-", "가"}) {
    for (const char* const b : {"a", "_", " ", "漢", "\xCC\x81", "é", "5", "の", "-", "가"}) {
      for (const char* const c : {"a", "漢", "\xCC\x81", " "}) texts.push_back(std::string(a) + b + c + a);
    }
  }
  FoldedWords words;
  for (const std::string& text : texts) {
    std::vector<std::string> expected, got;
    words.for_each(text, [&](const char* word, std::size_t bytes) { expected.emplace_back(word, bytes); });
    for (const std::string& span : spans(text)) got.push_back(folded(span));
    EXPECT_EQ(got, expected) << text;
  }
  EXPECT_GT(texts.size(), 400u);
}

TEST(WordSpans, EndWhenAskedTo) {
  int taken = 0;
  for_each_word_span("a b c", [&](std::size_t, std::size_t) { return ++taken < 2; });
  EXPECT_EQ(taken, 2);
}

}  // namespace
}  // namespace quern
