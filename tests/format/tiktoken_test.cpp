#include "quern/format/tiktoken.hpp"

#include "quern/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view bytes) {
  try {
    parse_tiktoken(bytes, "t.tiktoken");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    return error.what();
  }
  return "taken";
}

TEST(Base64, DecodesTheExamplesOfRfc4648) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64("+/+/"), "\xFB\xFF\xBF");
}

TEST(Base64, RefusesWhatHasNoOneMeaning) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm 9", "Zm9*", "=AAA", "Zm9\n"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Tiktoken, ReadsTokensInFileOrder) {
  const auto tokens = parse_tiktoken("YQ== 7\r\nYWI= 3\n\n/w== 4294967295", "t.tiktoken");
  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(tokens[0].bytes, "a");
  EXPECT_EQ(tokens[0].rank, 7u);
  EXPECT_EQ(tokens[1].bytes, "ab");
  EXPECT_EQ(tokens[2].bytes, "\xFF");
  EXPECT_EQ(tokens[2].rank, UINT32_MAX);
  EXPECT_TRUE(parse_tiktoken("", "t.tiktoken").empty());
}

TEST(Tiktoken, ABadLineIsNamed) {
  for (const std::string_view line : {"YQ==", "YQ== ", "YQ== x", "YQ== 1 ", "YQ== -1", "YQ== 4294967296", " 1", "Y 1", "= 1"}) {
    EXPECT_THAT(refusal("YQ== 1\n" + std::string(line) + "\n"), HasSubstr("t.tiktoken: line 2")) << line;
  }
}

TEST(Tiktoken, IsKnownByItsFirstLine) {
  EXPECT_TRUE(looks_like_tiktoken("IQ== 0\nIg== 1\n"));
  EXPECT_FALSE(looks_like_tiktoken("#version: 0.2\na b\n"));
  EXPECT_FALSE(looks_like_tiktoken("a b\n"));
  EXPECT_FALSE(looks_like_tiktoken(""));
}

}  // namespace
}  // namespace quern
