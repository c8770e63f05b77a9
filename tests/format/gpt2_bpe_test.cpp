#include "quern/format/gpt2_bpe.hpp"

#include "quern/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace quern {
namespace {

using testing::HasSubstr;

TEST(ByteLevel, MapsBytesAsGpt2Does) {
  EXPECT_EQ(byte_level_char('!'), U'!');
  EXPECT_EQ(byte_level_char(' '), U'Ġ');
  EXPECT_EQ(byte_level_char('\n'), U'Ċ');
  EXPECT_EQ(byte_level_char(0), U'Ā');
  EXPECT_EQ(byte_level_char(0x7F), char32_t{0x121});
  EXPECT_EQ(byte_level_char(0xA0), char32_t{0x142});
  EXPECT_EQ(byte_level_char(0xAD), char32_t{0x143});
  EXPECT_EQ(byte_level_char(0xFF), U'ÿ');
}

TEST(ByteLevel, EveryByteComesBack) {
  std::set<std::string> characters;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    characters.insert(to_byte_level(bytes));
    EXPECT_EQ(from_byte_level(to_byte_level(bytes)), bytes);
  }
  EXPECT_EQ(characters.size(), 256u);
  EXPECT_EQ(to_byte_level(" é"), "ĠÃ©");
  EXPECT_EQ(from_byte_level(""), "");
}

TEST(ByteLevel, OtherCharactersStandForNoByte) {
  for (const std::string_view text : {" ", "\n", "漢", "\xC2\xA0", "\xC2\xAD", "\xC5\x84", "a b", "\xFF"}) {
    EXPECT_EQ(from_byte_level(text), std::nullopt) << text;
  }
}

TEST(ByteLevel, TheOrderIsThatOfTheCharacters) {
  const auto order = byte_level_order();
  EXPECT_EQ(order[0], '!');
  EXPECT_EQ(order[187], 0xFF);
  EXPECT_EQ(order[188], 0x00);
  EXPECT_EQ(order[255], 0xAD);
  EXPECT_EQ(std::set<std::uint8_t>(order.begin(), order.end()).size(), 256u);
}

TEST(VocabBpe, ReadsMergesInOrder) {
  const auto merges = parse_vocab_bpe("#version: 0.2\nĠ t\r\nĠ a\n\n#version x", "vocab.bpe");
  ASSERT_EQ(merges.size(), 3u);
  EXPECT_EQ(merges[0].left, "Ġ");
  EXPECT_EQ(merges[0].right, "t");
  EXPECT_EQ(merges[2].left, "#version");
}

TEST(VocabBpe, ABadLineIsNamed) {
  for (const std::string_view line : {"a", "a ", " b", "a b c", "a  b"}) {
    try {
      parse_vocab_bpe("a b\n" + std::string(line), "vocab.bpe");
      ADD_FAILURE() << "taken: " << line;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::plan);
      EXPECT_THAT(error.what(), HasSubstr("vocab.bpe: line 2"));
    }
  }
}

TEST(EncoderJson, ReadsTokensAndIds) {
  const auto vocab = parse_encoder_json(R"({"!": 0, "\u0120a": 7, "\"": 3})", "encoder.json");
  ASSERT_EQ(vocab.size(), 3u);
  EXPECT_EQ(vocab[1].token, "Ġa");
  EXPECT_EQ(vocab[1].id, 7u);
  EXPECT_EQ(vocab[2].token, "\"");
}

TEST(EncoderJson, RefusesOtherJson) {
  for (const std::string_view json : {"[1]", "{\"a\": \"b\"}", "{\"a\": -1}", "{\"a\": 4294967296}", "{\"a\": 1", ""}) {
    EXPECT_THROW(parse_encoder_json(json, "encoder.json"), Error) << json;
  }
}

}  // namespace
}  // namespace quern
