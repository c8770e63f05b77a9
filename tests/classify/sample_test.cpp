#include "classify/sample.hpp"

#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace quern {
namespace {

std::string windows(std::string_view text, std::uint64_t bytes) {
  std::string to;
  return std::string(take_windows(text, bytes, to));
}

/// With one space between words.
std::string prose(std::string_view text) {
  std::string to, words;
  append_prose(text, to);
  for (const char c : to) {
    const bool space = c == ' ' || c == '\n';
    if (!space) words += c;
    if (space && !words.empty() && words.back() != ' ') words += ' ';
  }
  if (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

TEST(Windows, OfAShortTextAreTheText) {
  EXPECT_EQ(windows("", 8), "");
  EXPECT_EQ(windows("12345678", 8), "12345678");
}

TEST(Windows, LieAtEqualDistancesFromBeginningToEnd) {
  EXPECT_EQ(windows("aabbccddee", 8), "aa\nbb\ncd\nee\n") << "at 0, 2 2/3, 5 1/3 and 8";
  const std::string text = std::string(1000, 'a') + std::string(1000, 'b');
  EXPECT_EQ(windows(text, 8), "aa\naa\nbb\nbb\n");
}

TEST(Windows, AreWholeCharacters) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += i % 3 == 0 ? "é" : i % 3 == 1 ? "漢" : "😀";
  int tried = 0;
  for (std::uint64_t bytes = 4; bytes < text.size(); bytes += 7, ++tried) {
    EXPECT_TRUE(is_valid_utf8(windows(text, bytes))) << bytes;
    EXPECT_LE(windows(text, bytes).size(), bytes + 4 + 4 * 3);
  }
  EXPECT_GT(tried, 100);
}

TEST(Windows, OfAnyBytesStayInside) {
  const std::string text(100, '\x80');
  for (std::uint64_t bytes = 4; bytes < 100; ++bytes) EXPECT_LE(windows(text, bytes).size(), bytes + 16);
}

TEST(Prose, KeepsPlainWordsAsTheyAre) {
  EXPECT_EQ(prose("It's a well-known fact, isn't it? (Yes!)"), "It's a well-known fact, isn't it? (Yes!)");
  EXPECT_EQ(prose("Überall größer, naïve"), "Überall größer, naïve");
  EXPECT_EQ(prose(""), "");
}

TEST(Prose, LeavesOutFencedCode) {
  EXPECT_EQ(prose("before\n```cpp\nint main\n```\nafter"), "before after");
  EXPECT_EQ(prose("before\n> ~~~\nint\n```\nmain\n~~~\nafter"), "before after");
  EXPECT_EQ(prose("before\n```\nnever closed"), "before");
}

TEST(Prose, LeavesOutInlineCodeTagsAndTargets) {
  EXPECT_EQ(prose("run `git add` now"), "run now");
  EXPECT_EQ(prose("run ``a ` b`` now"), "run now");
  EXPECT_EQ(prose("one ` tick alone"), "one tick alone");
  EXPECT_EQ(prose("a <b class=\"x y\">bold</b> word <!-- no --> 1 < 2 <3"), "a bold word <");
  EXPECT_EQ(prose("see [the page](https://x.org/a b) there"), "see [the page there");
  EXPECT_EQ(prose("no [target](\nhere"), "no [target]( here") << "within a line";
}

TEST(Prose, LeavesOutWordsThatLookLikeCode) {
  EXPECT_EQ(prose("call get_name or getName in std::string at https://x.org/y with --force and a1 v2.0 x=y"), "call or in at with and");
  EXPECT_EQ(prose("McCoy says HTML"), "says HTML");
  EXPECT_EQ(prose("größe_x"), "größe_x") << "words that are not ASCII say more than they harm";
}

TEST(Prose, IsLinearInHostileText) {
  for (const std::string& piece : {std::string("`"), std::string("``` x "), std::string("<a"), std::string("]("), std::string("` `` ```` "),
                                   std::string("```\n"), std::string("x"), std::string("<")}) {
    std::string text, to;
    while (text.size() < (1u << 20)) text += piece;
    append_prose(text, to);
    EXPECT_LE(to.size(), 2 * text.size() + 1);
  }
}

}  // namespace
}  // namespace quern
