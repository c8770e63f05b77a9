#include "tokenize/added_tokens.hpp"

#include "tokenize/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quern {
namespace {

using testing::ElementsAre;

/// The pieces, an added token as its number in brackets.
std::vector<std::string> split(const std::vector<AddedToken>& tokens, std::string_view text) {
  AddedTokens added;
  for (const AddedToken& token : tokens) added.add(token, token.content);
  std::vector<AddedTokens::Piece> pieces;
  added.split(text, pieces);
  std::vector<std::string> result;
  for (const auto& piece : pieces) result.push_back(piece.id == kNoToken ? std::string(piece.text) : "[" + std::to_string(piece.id) + "]");
  return result;
}

TEST(AddedTokens, TheLeftmostAndOfTheseTheLongestIsMatched) {
  const std::vector<AddedToken> tokens = {{.id = 1, .content = "ab"}, {.id = 2, .content = "abcd"}, {.id = 3, .content = "bcde"}};
  EXPECT_THAT(split(tokens, "xabcdey"), ElementsAre("x", "[2]", "ey"));
  EXPECT_THAT(split(tokens, "abcabcd"), ElementsAre("[1]", "c", "[2]"));
  EXPECT_THAT(split(tokens, "bcde"), ElementsAre("[3]"));
  EXPECT_THAT(split(tokens, "nothing"), ElementsAre("nothing"));
  EXPECT_THAT(split(tokens, ""), ElementsAre());
}

TEST(AddedTokens, TheFirstOfTwoWithTheSameTextCounts) {
  EXPECT_THAT(split({{.id = 1, .content = "ab"}, {.id = 2, .content = "ab"}}, "ab"), ElementsAre("[1]"));
}

TEST(AddedTokens, ASingleWordHasNoWordCharactersAroundIt) {
  const std::vector<AddedToken> tokens = {{.id = 1, .content = "né", .single_word = true}};
  EXPECT_THAT(split(tokens, "né"), ElementsAre("[1]"));
  EXPECT_THAT(split(tokens, "a né!"), ElementsAre("a ", "[1]", "!"));
  for (const std::string joined : {"a", "é", "1", "_", "漢", "\xCC\x81", "\xE2\x80\x8D", "Ⓐ", "🅰", "Ⅷ", "‿"}) {
    EXPECT_THAT(split(tokens, "né" + joined), ElementsAre("né" + joined)) << joined;
    EXPECT_THAT(split(tokens, joined + "né"), ElementsAre(joined + "né")) << joined;
  }
  for (const std::string apart : {"-", " ", "½", "\xE2\x80\x8B", "😀"}) {
    EXPECT_THAT(split(tokens, "né" + apart), ElementsAre("[1]", apart)) << apart;
  }
}

TEST(AddedTokens, ARejectedMatchIsPassedOverWhole) {
  EXPECT_THAT(split({{.id = 1, .content = "ab", .single_word = true}, {.id = 2, .content = "b"}}, "abc"), ElementsAre("abc"));
}

TEST(AddedTokens, WhiteSpaceBesideATokenIsTakenIfItSaysSo) {
  const std::vector<AddedToken> tokens = {
      {.id = 1, .content = "L", .lstrip = true}, {.id = 2, .content = "R", .rstrip = true}, {.id = 3, .content = "N"}};
  EXPECT_THAT(split(tokens, "a \xE3\x80\x80\nL b"), ElementsAre("a", "[1]", " b"));
  EXPECT_THAT(split(tokens, "a R \xE3\x80\x80\nb"), ElementsAre("a ", "[2]", "b"));
  EXPECT_THAT(split(tokens, " L"), ElementsAre("[1]"));
  EXPECT_THAT(split(tokens, "R "), ElementsAre("[2]"));
  EXPECT_THAT(split(tokens, "R  L"), ElementsAre("[2]", "[1]"));
  EXPECT_THAT(split(tokens, "a N b"), ElementsAre("a ", "[3]", " b"));
}

TEST(AddedTokens, WhiteSpaceThatWasTakenStillMatches) {
  const std::vector<AddedToken> tokens = {{.id = 1, .content = "R", .rstrip = true}, {.id = 2, .content = "\n"}};
  EXPECT_THAT(split(tokens, "R\n\nx"), ElementsAre("[1]", "[2]", "[2]", "x"));
}

}  // namespace
}  // namespace quern
