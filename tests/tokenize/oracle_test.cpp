// Tokens that other people's reference encoders gave for texts chosen to be hard.

#include "quern/tokenize/encoder.hpp"
#include "tokenize/shared_file.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace quern {
namespace {

using Ids = std::vector<std::uint32_t>;

std::optional<Tokenizer> shared_tokenizer(const std::string& name, std::string_view pattern = {}, const std::string& sibling = "") {
  const auto bytes = shared_file("tokenizers/" + name + ".zst");
  const auto other = sibling.empty() ? std::optional<std::string>("") : shared_file("tokenizers/" + sibling + ".zst");
  if (!bytes || !other) return std::nullopt;
  return Tokenizer::from_files({name, *bytes, *other}, pattern);
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = text.find(separator, at)) != text.npos; at = end + separator.size()) {
    parts.push_back(text.substr(at, end - at));
  }
  parts.push_back(text.substr(at));
  return parts;
}

Ids numbers(std::string text) {
  for (char& c : text) c = c == ',' ? ' ' : c;
  std::istringstream in(text);
  return {std::istream_iterator<std::uint32_t>(in), {}};
}

void expect_tokens(Encoder& encoder, const Tokenizer& tokenizer, const std::string& text, const Ids& expected) {
  Ids ids;
  encoder.encode(text, ids);
  EXPECT_EQ(ids, expected) << text;
  if (!tokenizer.lossless()) return;
  EXPECT_EQ(tokenizer.decode(ids), text);
}

/// llama.cpp's texts and ids. Returns how many were compared.
std::size_t compare_with_llama_cpp(const Tokenizer& tokenizer, const std::string& name) {
  const auto inputs = shared_file("tokenizers/oracle/" + name + ".inp");
  const auto outputs = shared_file("tokenizers/oracle/" + name + ".out");
  if (!inputs || !outputs) return 0;
  const auto texts = split(*inputs, "\n__ggml_vocab_test__\n");
  const auto lines = split(*outputs, "\n");
  EXPECT_GE(lines.size(), texts.size());
  Encoder encoder(tokenizer);
  std::size_t compared = 0;
  for (; compared < std::min(texts.size(), lines.size()); ++compared) {
    expect_tokens(encoder, tokenizer, texts[compared], numbers(lines[compared]));
  }
  return compared;
}

TEST(Oracle, Gpt2AsHuggingFaceFile) {
  const auto tokenizer = shared_tokenizer("gpt2.tokenizer.json");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_llama_cpp(*tokenizer, "gpt2"), 47u);
}

TEST(Oracle, Gpt2AsTiktokenFile) {
  const auto tokenizer = shared_tokenizer("r50k_base.tiktoken", "r50k_base");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_llama_cpp(*tokenizer, "gpt2"), 47u);
}

TEST(Oracle, Gpt2AsVocabBpeAndEncoderJson) {
  const auto by_merges = shared_tokenizer("vocab.bpe", "", "encoder.json");
  const auto by_vocabulary = shared_tokenizer("encoder.json", "", "vocab.bpe");
  if (!by_merges || !by_vocabulary) return;
  EXPECT_EQ(compare_with_llama_cpp(*by_merges, "gpt2"), 47u);
  EXPECT_EQ(by_merges->digest(), by_vocabulary->digest());
  EXPECT_EQ(by_merges->end_of_text(), 50256u);
}

TEST(Oracle, Llama3) {
  const auto tokenizer = shared_tokenizer("llama3.tokenizer.model", "llama3");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_llama_cpp(*tokenizer, "llama3"), 47u);
  EXPECT_EQ(tokenizer->vocab_size(), 128256u);
  EXPECT_EQ(tokenizer->end_of_text(), 128001u);
  EXPECT_EQ(tokenizer->find("<|eot_id|>"), 128009u);
}

TEST(Oracle, GptNeoXWithNfcAndRunsOfSpacesAsAddedTokens) {
  const auto tokenizer = shared_tokenizer("gpt-neox-20b.tokenizer.json");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_llama_cpp(*tokenizer, "gpt-neox"), 47u);
  EXPECT_FALSE(tokenizer->lossless());
  EXPECT_EQ(tokenizer->end_of_text(), 0u);
}

/// SharpToken's texts with the ids of OpenAI's tiktoken; texts with a special token in them are meant to give its id and are left out.
std::size_t compare_with_tiktoken(const Tokenizer& tokenizer, const std::string& encoding) {
  const auto plans = shared_file("tokenizers/oracle/tiktoken-TestPlans.txt");
  if (!plans) return 0;
  Encoder encoder(tokenizer);
  std::size_t compared = 0;
  for (const std::string& plan : split(*plans, "EncodingName: ")) {
    const std::size_t sample = plan.find("\nSample: ");
    const std::size_t encoded = plan.rfind("\nEncoded: [");
    if (sample == plan.npos || plan.substr(0, sample) != encoding || plan.find("<|") != plan.npos) continue;
    const std::string text = plan.substr(sample + 9, encoded - sample - 9);
    expect_tokens(encoder, tokenizer, text, numbers(plan.substr(encoded + 11, plan.rfind(']') - encoded - 11)));
    ++compared;
  }
  return compared;
}

TEST(Oracle, TiktokensR50kBase) {
  const auto tokenizer = shared_tokenizer("r50k_base.tiktoken", "r50k_base");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_tiktoken(*tokenizer, "r50k_base"), 64u);
  EXPECT_EQ(tokenizer->end_of_text(), 50256u);
  EXPECT_EQ(tokenizer->vocab_size(), 50257u);
}

TEST(Oracle, TiktokensCl100kBase) {
  const auto tokenizer = shared_tokenizer("cl100k_base.tiktoken", "cl100k_base");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_tiktoken(*tokenizer, "cl100k_base"), 64u);
  EXPECT_EQ(tokenizer->end_of_text(), 100257u);
  EXPECT_EQ(tokenizer->vocab_size(), 100277u);
  EXPECT_FALSE(tokenizer->has(100256));
}

TEST(Oracle, TiktokensO200kBase) {
  const auto tokenizer = shared_tokenizer("o200k_base.tiktoken", "o200k_base");
  if (!tokenizer) return;
  EXPECT_EQ(compare_with_tiktoken(*tokenizer, "o200k_base"), 64u);
  EXPECT_EQ(compare_with_tiktoken(*tokenizer, "o200k_harmony"), 64u);
  EXPECT_EQ(tokenizer->end_of_text(), 199999u);
  EXPECT_EQ(tokenizer->vocab_size(), 200019u);
}

}  // namespace
}  // namespace quern
