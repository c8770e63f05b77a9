#include "quern/format/tokenizer_json.hpp"

#include "quern/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace quern {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json small() {
  return json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 3, "content": "<x>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false,
                      "special": true}],
    "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
    "post_processor": {"type": "Anything"},
    "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
    "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": null,
              "fuse_unk": false, "byte_fallback": false, "ignore_merges": true, "vocab": {"a": 0, "b": 1, "ab": 2},
              "merges": [["a", "b"]]}})");
}

TokenizerJson parse(const json& file) { return parse_tokenizer_json(file.dump(), "t.json"); }

std::string refusal(const json& file) {
  try {
    parse(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    return error.what();
  }
  return "taken";
}

TEST(TokenizerJson, ReadsWhatByteLevelBpeNeeds) {
  const TokenizerJson tokenizer = parse(small());
  ASSERT_EQ(tokenizer.added_tokens.size(), 1u);
  EXPECT_EQ(tokenizer.added_tokens[0].content, "<x>");
  EXPECT_EQ(tokenizer.added_tokens[0].id, 3u);
  EXPECT_TRUE(tokenizer.added_tokens[0].lstrip);
  EXPECT_TRUE(tokenizer.added_tokens[0].special);
  EXPECT_FALSE(tokenizer.added_tokens[0].normalized);
  EXPECT_FALSE(tokenizer.nfc);
  EXPECT_EQ(tokenizer.split_regex, "");
  EXPECT_FALSE(tokenizer.add_prefix_space);
  EXPECT_TRUE(tokenizer.ignore_merges);
  EXPECT_EQ(tokenizer.vocab.size(), 3u);
  ASSERT_EQ(tokenizer.merges.size(), 1u);
  EXPECT_EQ(tokenizer.merges[0].right, "b");
}

TEST(TokenizerJson, ReadsMergesInTheOlderForm) {
  json file = small();
  file["model"]["merges"] = {"a b"};
  file["model"].erase("type");
  EXPECT_EQ(parse(file).merges[0].left, "a");
}

TEST(TokenizerJson, MissingKeysHaveHuggingFacesDefaults) {
  json file = small();
  for (const char* key : {"truncation", "padding", "added_tokens", "normalizer", "post_processor", "decoder"}) file.erase(key);
  for (const char* key : {"ignore_merges", "dropout", "unk_token", "byte_fallback", "fuse_unk"}) file["model"].erase(key);
  file["pre_tokenizer"].erase("use_regex");
  const TokenizerJson tokenizer = parse(file);
  EXPECT_TRUE(tokenizer.added_tokens.empty());
  EXPECT_FALSE(tokenizer.ignore_merges);
}

TEST(TokenizerJson, ReadsASplitBeforeByteLevel) {
  json file = small();
  json split = {{"type", "Split"}, {"pattern", {{"Regex", "\\s+"}}}, {"behavior", "Isolated"}, {"invert", false}};
  json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  file["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}};
  EXPECT_EQ(parse(file).split_regex, "\\s+");
  file["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed";
  EXPECT_THAT(refusal(file), HasSubstr("pre_tokenizer.pretokenizers[0].behavior"));
  file["pre_tokenizer"]["pretokenizers"][0]["invert"] = true;
  EXPECT_EQ(parse(file).split_regex, "\\s+");
  file["pre_tokenizer"]["pretokenizers"][1]["add_prefix_space"] = true;
  EXPECT_THAT(refusal(file), HasSubstr("pretokenizers[1].add_prefix_space"));
  file["pre_tokenizer"]["pretokenizers"][1]["use_regex"] = true;
  EXPECT_THAT(refusal(file), HasSubstr("pretokenizers[1].use_regex"));
  file["pre_tokenizer"]["pretokenizers"] = {split};
  EXPECT_THAT(refusal(file), HasSubstr("a ByteLevel step is expected"));
  file["pre_tokenizer"]["pretokenizers"] = {split, split, bytes};
  EXPECT_THAT(refusal(file), HasSubstr("pretokenizers[1].type"));
}

TEST(TokenizerJson, ReadsNfcAloneOrInASequence) {
  json file = small();
  file["normalizer"] = {{"type", "NFC"}};
  EXPECT_TRUE(parse(file).nfc);
  file["normalizer"] = {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}}}};
  EXPECT_TRUE(parse(file).nfc);
  file["normalizer"]["normalizers"] = json::array();
  EXPECT_FALSE(parse(file).nfc);
  file["normalizer"]["normalizers"] = {{{"type", "Lowercase"}}};
  EXPECT_THAT(refusal(file), HasSubstr("normalizer.normalizers[0].type: \"Lowercase\" is not supported"));
}

TEST(TokenizerJson, RefusesWhatItWouldGetWrongNamingTheKey) {
  const std::vector<std::pair<json::json_pointer, json>> changes = {
      {json::json_pointer("/truncation"), {{"max_length", 128}}},
      {json::json_pointer("/padding"), {{"length", 128}}},
      {json::json_pointer("/pre_tokenizer"), nullptr},
      {json::json_pointer("/pre_tokenizer/type"), "Metaspace"},
      {json::json_pointer("/pre_tokenizer/use_regex"), false},
      {json::json_pointer("/pre_tokenizer/other"), 1},
      {json::json_pointer("/decoder/type"), "Metaspace"},
      {json::json_pointer("/model/type"), "Unigram"},
      {json::json_pointer("/model/dropout"), 0.1},
      {json::json_pointer("/model/byte_fallback"), true},
      {json::json_pointer("/model/continuing_subword_prefix"), "##"},
      {json::json_pointer("/model/end_of_word_suffix"), "</w>"},
      {json::json_pointer("/model/new_thing"), 1},
      {json::json_pointer("/model/vocab"), json::array()},
      {json::json_pointer("/model/vocab/a"), -1},
      {json::json_pointer("/model/merges"), "a b"},
      {json::json_pointer("/model/merges/0"), "a b c"},
      {json::json_pointer("/model/merges/0"), {"a", "b", "c"}},
      {json::json_pointer("/model/ignore_merges"), "yes"},
      {json::json_pointer("/added_tokens/0/content"), ""},
      {json::json_pointer("/added_tokens/0/id"), "3"},
      {json::json_pointer("/added_tokens"), 1},
      {json::json_pointer("/new_thing"), 1},
  };
  std::size_t refused = 0;
  for (const auto& [key, value] : changes) {
    json file = small();
    file[key] = value;
    std::string name = key.to_string().substr(1);
    name = name.substr(0, name.find('/'));
    const std::string message = refusal(file);
    EXPECT_THAT(message, HasSubstr("t.json: " + name)) << key;
    refused += message == "taken" ? 0 : 1;
  }
  EXPECT_EQ(refused, 23u);
  EXPECT_THROW(parse_tokenizer_json("{", "t.json"), Error);
  EXPECT_THROW(parse_tokenizer_json("[]", "t.json"), Error);
}

TEST(TokenizerJson, IsToldFromAnEncoderJson) {
  EXPECT_TRUE(looks_like_tokenizer_json(small().dump()));
  EXPECT_FALSE(looks_like_tokenizer_json(R"({"a": 1, "model": 2})"));
  EXPECT_FALSE(looks_like_tokenizer_json("{"));
}

TEST(TokenizerJson, WhatIsWrittenIsReadBackAndIsJson) {
  TokenizerJson tokenizer;
  tokenizer.added_tokens = {{.id = 0, .content = "<|a \"b\"\n\\|>", .special = true}, {.id = 4, .content = "  ", .rstrip = true}};
  tokenizer.nfc = true;
  tokenizer.split_regex = R"(\s+(?!\S)|"x")";
  tokenizer.vocab = {{"<|a \"b\"\n\\|>", 0}, {"Ġ", 1}, {"\"", 2}, {"Ġ\"", 3}};
  tokenizer.merges = {{"Ġ", "\""}};
  const std::string written = format_tokenizer_json(tokenizer);
  EXPECT_EQ(json::parse(written)["model"]["type"], "BPE");
  const TokenizerJson read = parse_tokenizer_json(written, "t.json");
  EXPECT_EQ(read.added_tokens[0].content, tokenizer.added_tokens[0].content);
  EXPECT_TRUE(read.added_tokens[1].rstrip);
  EXPECT_TRUE(read.nfc);
  EXPECT_EQ(read.split_regex, tokenizer.split_regex);
  EXPECT_EQ(read.vocab[3].token, "Ġ\"");
  EXPECT_EQ(read.merges[0].right, "\"");
  EXPECT_EQ(format_tokenizer_json(read), written);
  tokenizer.split_regex.clear();
  tokenizer.add_prefix_space = true;
  EXPECT_TRUE(parse_tokenizer_json(format_tokenizer_json(tokenizer), "t.json").add_prefix_space);
}

}  // namespace
}  // namespace quern
