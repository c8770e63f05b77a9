#include "quern/text/tokens.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace quern;

namespace {

using Texts = std::vector<std::string>;

Texts tokens_of(std::string_view run) {
  Texts all;
  split_run(run, [&](const Token& token) { all.emplace_back(token.text); });
  return all;
}

}  // namespace

TEST(Tokens, PunctuationComesOffBothEnds) {
  EXPECT_EQ(tokens_of("(word),"), (Texts{"(", "word", ")", ","}));
  EXPECT_EQ(tokens_of("\u201Cna\u00EFve\u201D\u3002"), (Texts{"\u201C", "na\u00EFve", "\u201D", "\u3002"}));
  EXPECT_EQ(tokens_of("don't!?"), (Texts{"don't", "!", "?"}));
  EXPECT_EQ(tokens_of("***"), (Texts{"*", "*", "*"}));
  EXPECT_EQ(tokens_of(""), Texts{});
}

TEST(Tokens, DotsInARowAreOneToken) {
  EXPECT_EQ(tokens_of("wait..."), (Texts{"wait", "..."}));
  EXPECT_EQ(tokens_of("..(....)."), (Texts{"..", "(", "....", ")", "."}));
  EXPECT_EQ(tokens_of("a..b"), (Texts{"a..b"}));
}

TEST(Tokens, SomeSymbolsStayOnTheirWords) {
  EXPECT_EQ(tokens_of("--flag"), (Texts{"--flag"}));
  EXPECT_EQ(tokens_of("|"), (Texts{"|"}));
  EXPECT_EQ(tokens_of("-----"), (Texts{"-----"}));
  EXPECT_EQ(tokens_of("@user+/^\\"), (Texts{"@user+/^\\"}));
  EXPECT_EQ(tokens_of("(-(|"), (Texts{"(", "-(|"}));
}

TEST(Tokens, WordsSplitWhereTheyAreJoined) {
  EXPECT_EQ(tokens_of("well-known"), (Texts{"well", "-", "known"}));
  EXPECT_EQ(tokens_of("and/or,then"), (Texts{"and", "/", "or", ",", "then"}));
  EXPECT_EQ(tokens_of("x1=y<z>w"), (Texts{"x1", "=", "y", "<", "z", ">", "w"}));
  EXPECT_EQ(tokens_of("1-2"), (Texts{"1-2"}));
  EXPECT_EQ(tokens_of("a-1"), (Texts{"a-1"}));
  EXPECT_EQ(tokens_of("a--b"), (Texts{"a--b"}));
  EXPECT_EQ(tokens_of("\u00E9-\u6F22"), (Texts{"\u00E9", "-", "\u6F22"}));
  EXPECT_EQ(tokens_of("https://a.b/c-d"), (Texts{"https://a.b", "/", "c", "-", "d"}));
}

TEST(Tokens, KnowWhatTheyHold) {
  std::vector<Token> all;
  split_run("(\u00E9t\u00E9-x):|42", [&](const Token& token) { all.push_back(token); });
  ASSERT_EQ(all.size(), 4u);
  EXPECT_FALSE(all[0].word);
  EXPECT_TRUE(all[1].word && all[1].alpha);
  EXPECT_EQ(all[1].chars, 3u);
  EXPECT_EQ(all[2].text, "-");
  EXPECT_FALSE(all[2].word || all[2].alpha);
  EXPECT_EQ(all[3].text, "x):|42");
  split_run("42", [&](const Token& token) { EXPECT_TRUE(token.word && !token.alpha); });
}
