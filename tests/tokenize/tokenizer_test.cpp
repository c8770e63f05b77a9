#include "quern/tokenize/tokenizer.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "quern/tokenize/encoder.hpp"
#include "temp_folder.hpp"
#include "tokenize/small_vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Tokenizer tiktoken_of(const std::vector<std::string>& tokens, std::string_view pattern = "gpt2") {
  return Tokenizer::from_files({"t.tiktoken", tiktoken_file(tokens)}, pattern);
}

std::string refusal(const TokenizerFiles& files, std::string_view pattern = {}) {
  try {
    Tokenizer::from_files(files, pattern);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    return error.what();
  }
  return "taken";
}

std::string refusal(const TokenizerJson& json, std::string_view pattern = {}) {
  return refusal({"t.json", format_tokenizer_json(json)}, pattern);
}

std::vector<std::uint32_t> encode(const Tokenizer& tokenizer, std::string_view text) {
  Encoder encoder(tokenizer);
  std::vector<std::uint32_t> ids;
  encoder.encode(text, ids);
  return ids;
}

TEST(Tokenizer, KnowsItsTokens) {
  const Tokenizer tokenizer = tiktoken_of(with_bytes({"ab"}));
  EXPECT_EQ(tokenizer.vocab_size(), 258u);
  EXPECT_EQ(tokenizer.bytes(256), "ab");
  EXPECT_EQ(tokenizer.bytes(257), "<|endoftext|>");
  EXPECT_EQ(tokenizer.find("ab"), 256u);
  EXPECT_EQ(tokenizer.find("ba"), std::nullopt);
  EXPECT_EQ(tokenizer.end_of_text(), 257u);
  EXPECT_EQ(tokenizer.end_of_text("ab"), 256u);
  EXPECT_EQ(tokenizer.pattern(), Pattern::gpt2);
  EXPECT_EQ(tokenizer.path(), "t.tiktoken");
  EXPECT_TRUE(tokenizer.lossless());
}

TEST(Tokenizer, DecodesIdsToTheirBytes) {
  const Tokenizer tokenizer = tiktoken_of(with_bytes({"ab"}));
  const std::vector<std::uint32_t> ids = {256, 'c', 0xFF, 257};
  EXPECT_EQ(tokenizer.decode(ids), "abc\xFF<|endoftext|>");
  const std::vector<std::uint32_t> unknown = {258};
  EXPECT_THROW(tokenizer.decode(unknown), Error);
}

TEST(Tokenizer, WithoutAnEndOfTextTokenAsksForOne) {
  const Tokenizer tokenizer = tokenizer_of(json_of({}));
  EXPECT_THROW(tokenizer.end_of_text(), Error);
  EXPECT_THROW(tokenizer.end_of_text("<stop>"), Error);
  EXPECT_EQ(tokenizer.end_of_text("a"), 97u);
}

TEST(Tokenizer, FindsEndOfTextTokensByTheirUsualNames) {
  for (const std::string name : {"<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>"}) {
    TokenizerJson json = json_of({});
    json.added_tokens.push_back({.id = 300, .content = name, .special = true});
    EXPECT_EQ(tokenizer_of(json).end_of_text(), 300u) << name;
    EXPECT_EQ(tokenizer_of(json).vocab_size(), 301u);
  }
}

TEST(Tokenizer, TheDigestIsOfAllThatDecidesIds) {
  const TokenizerJson plain = json_of({{"a", "b"}, {"b", "c"}});
  std::vector<TokenizerJson> others(7, plain);
  others[0].nfc = true;
  others[1].ignore_merges = true;
  others[2].add_prefix_space = true;
  others[3].split_regex = split_regex(Pattern::llama3);
  std::swap(others[4].merges[0], others[4].merges[1]);
  others[5].added_tokens.push_back({.id = 300, .content = "abc"});
  others[6].added_tokens.push_back({.id = 300, .content = "abc", .lstrip = true});
  std::vector<std::string> digests = {tokenizer_of(plain).digest().hex()};
  EXPECT_EQ(digests[0], tokenizer_of(plain).digest().hex());
  for (const TokenizerJson& other : others) {
    EXPECT_THAT(digests, testing::Not(testing::Contains(tokenizer_of(other).digest().hex())));
    digests.push_back(tokenizer_of(other).digest().hex());
  }
  EXPECT_EQ(digests.size(), 8u);
}

TEST(Tokenizer, TheDigestTellsATokenOfBytesFromOneOfPlainText) {
  TokenizerJson of_bytes = json_of({});
  of_bytes.ignore_merges = true;
  TokenizerJson of_text = of_bytes;
  of_bytes.vocab.push_back({to_byte_level("漢"), 300});
  of_text.vocab.push_back({"漢", 300});
  EXPECT_EQ(tokenizer_of(of_bytes).bytes(300), tokenizer_of(of_text).bytes(300));
  EXPECT_NE(encode(tokenizer_of(of_bytes), "漢"), encode(tokenizer_of(of_text), "漢"));
  EXPECT_NE(tokenizer_of(of_bytes).digest(), tokenizer_of(of_text).digest());
}

TEST(Tokenizer, IsLosslessUnlessSomethingChangesTheText) {
  const TokenizerJson plain = json_of({});
  EXPECT_TRUE(tokenizer_of(plain).lossless());
  TokenizerJson json = plain;
  json.nfc = true;
  EXPECT_FALSE(tokenizer_of(json).lossless());
  json = plain;
  json.add_prefix_space = true;
  EXPECT_FALSE(tokenizer_of(json).lossless());
  json = plain;
  json.added_tokens.push_back({.id = 300, .content = "xy", .rstrip = true});
  EXPECT_FALSE(tokenizer_of(json).lossless());
  json.added_tokens.back().special = true;
  EXPECT_TRUE(tokenizer_of(json).lossless());
}

TEST(Tokenizer, SpecialTokensInATextArePlainText) {
  TokenizerJson json = json_of({});
  json.added_tokens.push_back({.id = 300, .content = "<|x|>", .special = true});
  EXPECT_THAT(encode(tokenizer_of(json), "<|x|>"), ElementsAre('<', '|', 'x', '|', '>'));
}

TEST(Tokenizer, AddedTokensThatAreNotSpecialAreMatched) {
  TokenizerJson json = json_of({});
  json.added_tokens = {{.id = 300, .content = "<a>"}, {.id = 301, .content = "  ", .normalized = true}, {.id = 302, .content = "   "}};
  EXPECT_THAT(encode(tokenizer_of(json), "x<a>y"), ElementsAre('x', 300, 'y'));
  EXPECT_THAT(encode(tokenizer_of(json), "x     y"), ElementsAre('x', 302, 301, 'y'));
}

TEST(Tokenizer, NormalizedAddedTokensAreMatchedInTheNormalForm) {
  TokenizerJson json = json_of({});
  json.nfc = true;
  json.added_tokens = {{.id = 300, .content = "e\xCC\x81", .normalized = true}, {.id = 301, .content = "a\xCC\x81"}};
  const Tokenizer tokenizer = tokenizer_of(json);
  EXPECT_THAT(encode(tokenizer, "é"), ElementsAre(300));
  EXPECT_THAT(encode(tokenizer, "e\xCC\x81"), ElementsAre(300));
  EXPECT_THAT(encode(tokenizer, "a\xCC\x81"), ElementsAre(301));
  EXPECT_THAT(encode(tokenizer, "á"), ElementsAre(0xC3, 0xA1));
  EXPECT_THAT(encode(tokenizer, "o\xCC\x81"), ElementsAre(0xC3, 0xB3));
}

TEST(Tokenizer, ASpaceIsPutInFrontOfTextsThatHaveNone) {
  TokenizerJson json = json_of({});
  json.add_prefix_space = true;
  json.added_tokens = {{.id = 300, .content = "<a>"}};
  const Tokenizer tokenizer = tokenizer_of(json);
  EXPECT_THAT(encode(tokenizer, "x"), ElementsAre(' ', 'x'));
  EXPECT_THAT(encode(tokenizer, " x"), ElementsAre(' ', 'x'));
  EXPECT_THAT(encode(tokenizer, ""), ElementsAre());
  EXPECT_THAT(encode(tokenizer, "x<a>y"), ElementsAre(' ', 'x', 300, ' ', 'y'));
}

TEST(Tokenizer, PublishedFilesHaveTheirPublishedSpecialTokens) {
  std::vector<std::string> tokens = with_bytes({});
  while (tokens.size() < 151643) tokens.push_back("t" + std::to_string(tokens.size()));
  const Tokenizer qwen = tiktoken_of(tokens, "qwen2");
  EXPECT_EQ(qwen.vocab_size(), 151646u);
  EXPECT_EQ(qwen.find("<|im_end|>"), 151645u);
  tokens.resize(128000);
  const Tokenizer llama = tiktoken_of(tokens, "llama3");
  EXPECT_EQ(llama.vocab_size(), 128256u);
  EXPECT_EQ(llama.find("<|begin_of_text|>"), 128000u);
  EXPECT_EQ(llama.find("<|eot_id|>"), 128009u);
  EXPECT_EQ(llama.find("<|reserved_special_token_250|>"), 128255u);
  tokens.resize(50256);
  EXPECT_EQ(tiktoken_of(tokens, "r50k_base").end_of_text(), 50256u);
}

TEST(Tokenizer, ReadsTheOtherHalfOfGpt2sFilesBesideTheOneGiven) {
  const test::TempFolder folder;
  std::string encoder = "{";
  for (const VocabEntry& entry : json_of({{"a", "b"}}).vocab) {
    const std::string token = entry.token == "\"" || entry.token == "\\" ? "\\" + entry.token : entry.token;
    encoder += (entry.id == 0 ? "\"" : ", \"") + token + "\": " + std::to_string(entry.id);
  }
  publish_file(folder / "my-encoder.json", encoder + "}");
  EXPECT_THROW(load_tokenizer(folder / "my-encoder.json"), Error);
  publish_file(folder / "my-vocab.bpe", "#version: 0.2\na b\n");
  const Tokenizer by_vocabulary = load_tokenizer(folder / "my-encoder.json");
  const Tokenizer by_merges = load_tokenizer(folder / "my-vocab.bpe", "gpt2");
  EXPECT_THAT(encode(by_vocabulary, "ab"), ElementsAre(256));
  EXPECT_EQ(by_vocabulary.digest(), by_merges.digest());
  EXPECT_EQ(load_tokenizer(folder / "my-vocab.bpe", "qwen2").pattern(), Pattern::qwen2);
}

TEST(Tokenizer, IsLoadedFromOneFileOfAnyName) {
  const test::TempFolder folder;
  publish_file(folder / "a.json", format_tokenizer_json(json_of({{"a", "b"}})));
  EXPECT_THAT(encode(load_tokenizer(folder / "a.json"), "ab"), ElementsAre(256));
  EXPECT_EQ(load_tokenizer(folder / "a.json").path(), folder / "a.json");
  EXPECT_THROW(load_tokenizer(folder / "b.json"), Error);
}

TEST(Tokenizer, RefusesWhatItCannotReadAndSaysWhy) {
  EXPECT_THAT(refusal({"t.json.zst", "\x28\xB5\x2F\xFD..."}), HasSubstr("compressed"));
  EXPECT_THAT(refusal({"t.bin", "what is this"}), AllOf(HasSubstr("neither a tokenizer.json"), HasSubstr("SentencePiece")));
  EXPECT_THAT(refusal({"t.tiktoken", tiktoken_file(with_bytes({}))}), HasSubstr("name a pattern, one of gpt2, r50k_base"));
  EXPECT_THAT(refusal({"t.tiktoken", tiktoken_file(with_bytes({}))}, "gpt5"), HasSubstr("unknown pattern \"gpt5\""));
  EXPECT_THAT(refusal({"t.tiktoken", tiktoken_file({"a", "b"})}, "gpt2"), HasSubstr("no token for byte 0x00"));
  EXPECT_THAT(refusal({"t.tiktoken", tiktoken_file(with_bytes({"ab", "ab"}))}, "gpt2"), HasSubstr("ranks 256 and 257 are the same token"));
  EXPECT_THAT(refusal({"t.tiktoken", "YQ== 1\nYg== 1\n"}, "gpt2"), HasSubstr("id 1 belongs to two tokens"));
  EXPECT_THAT(refusal({"t.tiktoken", "YQ== 1048575\n"}, "gpt2"), HasSubstr("above 1048574"));
}

TEST(Tokenizer, RefusesJsonThatContradictsItself) {
  TokenizerJson json = json_of({{"a", "b"}});
  json.merges.push_back({"a", "zz"});
  EXPECT_THAT(refusal(json), HasSubstr("merge 1: \"zz\" is not in the vocabulary"));
  json = json_of({});
  json.added_tokens = {{.id = 97, .content = "<x>"}};
  EXPECT_THAT(refusal(json), HasSubstr("id 97 is"));
  json.added_tokens = {{.id = 300, .content = "a"}};
  EXPECT_THAT(refusal(json), HasSubstr("\"a\" has id 300 in added_tokens and 97 in the vocabulary"));
  json.added_tokens = {{.id = 300, .content = "<x>"}, {.id = 301, .content = "<x>"}};
  EXPECT_THAT(refusal(json), HasSubstr("listed twice"));
  json = json_of({});
  json.vocab.push_back({"a", 300});
  EXPECT_THAT(refusal(json), HasSubstr("token \"a\" is in the vocabulary twice"));
  json = json_of({});
  json.unk_token = "<unk>";
  EXPECT_EQ(refusal(json), "taken");
}

TEST(Tokenizer, RefusesAnUnknownSplitAndAnotherPatternThanTheFilesOwn) {
  TokenizerJson json = json_of({});
  EXPECT_EQ(refusal(json, "r50k_base"), "taken");
  EXPECT_THAT(refusal(json, "llama3"), HasSubstr("leave the pattern out"));
  json.split_regex = "\\w+";
  EXPECT_THAT(refusal(json), HasSubstr("\\w+\nKnown are those of gpt2, r50k_base, cl100k_base"));
  json.split_regex = split_regex(Pattern::llama3);
  EXPECT_EQ(refusal(json, "cl100k_base"), "taken");
  EXPECT_THAT(refusal(json, "qwen2"), HasSubstr("leave the pattern out"));
}

TEST(Tokenizer, ATokenOutsideTheAlphabetStandsForItsOwnText) {
  TokenizerJson json = json_of({});
  json.vocab.push_back({"漢 字", 300});
  const Tokenizer tokenizer = tokenizer_of(json);
  EXPECT_EQ(tokenizer.bytes(300), "漢 字");
  EXPECT_THAT(encode(tokenizer, "漢"), ElementsAre(0xE6, 0xBC, 0xA2));
}

TEST(Tokenizer, ManyEncodersShareOneVocabulary) {
  std::optional<Encoder> encoder;
  {
    const Tokenizer tokenizer = tokenizer_of(json_of({{"a", "b"}}));
    encoder.emplace(tokenizer);
  }
  std::vector<std::uint32_t> ids;
  encoder->encode("ab", ids);
  EXPECT_THAT(ids, ElementsAre(256));
}

}  // namespace
}  // namespace quern
