// Pre-tokens, tokens, and a vocabulary trained on the texts.

#include "corpus.hpp"

#include "quern/store/file.hpp"
#include "quern/tokenize/encoder.hpp"
#include "quern/tokenize/pre_tokenizer.hpp"
#include "quern/tokenize/train.hpp"

#include <array>
#include <optional>

namespace quern::bench {

namespace {

constexpr const char* kSets[] = {"english", "mixed", "chinese", "russian", "japanese"};
constexpr std::size_t kCacheBytes = 128u << 20;  // what a run gives with the default memory_per_rank of 2 GiB

void pre_tokenize(benchmark::State& state, const Texts& texts, Pattern pattern) {
  const PreTokenizer cutter(pattern);
  std::array<std::size_t, 1024> ends;
  std::uint64_t pieces = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.texts) {
      for (std::size_t at = 0; at < text.size();) pieces += cutter.cut(text, at, ends);
    }
  }
  benchmark::DoNotOptimize(pieces);
}

std::uint64_t encode_all(Encoder& encoder, const Texts& texts, std::vector<std::uint32_t>& ids) {
  std::uint64_t count = 0;
  for (const std::string& text : texts.texts) {
    ids.clear();
    encoder.encode(text, ids);
    count += ids.size();
  }
  return count;
}

/// Each iteration with an encoder that has seen nothing.
void encode_cold(benchmark::State& state, const Texts& texts, const Tokenizer& tokenizer) {
  std::vector<std::uint32_t> ids;
  std::uint64_t count = 0;
  for (auto _ : state) {
    Encoder encoder(tokenizer, kCacheBytes);
    count = encode_all(encoder, texts, ids);
  }
  state.counters["tokens"] = static_cast<double>(count);
}

/// With an encoder that has seen the same texts once.
void encode_warm(benchmark::State& state, const Texts& texts, const Tokenizer& tokenizer) {
  Encoder encoder(tokenizer, kCacheBytes);
  std::vector<std::uint32_t> ids;
  std::uint64_t count = encode_all(encoder, texts, ids);
  for (auto _ : state) count = encode_all(encoder, texts, ids);
  state.counters["tokens"] = static_cast<double>(count);
}

TrainedVocabulary train_on(const Texts& texts) {
  WordCounter counter(Pattern::gpt2);
  for (const std::string& text : texts.texts) counter.add(text);
  return train_merges(counter.take(), TrainParams{});
}

/// Counting the words and merging up to 32,000 tokens.
void train(benchmark::State& state, const Texts& texts) {
  std::size_t tokens = 0;
  for (auto _ : state) tokens = train_on(texts).tokens.size();
  state.counters["tokens"] = static_cast<double>(tokens);
}

/// Made by the program itself where no published vocabulary is there: trained once, and kept beside the data.
void make_trained_vocabulary() {
  if (has_data("trained.json")) return;
  publish_file(data_path("trained.json"), to_tokenizer_json(train_on(texts_of("english")), Pattern::gpt2));
}

void add_encoding(const std::string& vocabulary, const std::string& file, const std::string& pattern) {
  const auto tokenizer = [file, pattern]() -> const Tokenizer& {
    static std::optional<Tokenizer> loaded;
    static std::string loaded_file;
    if (loaded_file != file) loaded = load_tokenizer(data_path(file), pattern), loaded_file = file;
    return *loaded;
  };
  using State = benchmark::State;
  for (const char* const set : kSets) {
    over_texts("encode_cold/" + vocabulary, set, [=](State& state, const Texts& texts) { encode_cold(state, texts, tokenizer()); });
    over_texts("encode_warm/" + vocabulary, set, [=](State& state, const Texts& texts) { encode_warm(state, texts, tokenizer()); });
  }
}

}  // namespace

void add_token_benchmarks() {
  using State = benchmark::State;
  for (const char* const set : kSets) {
    over_texts("pre_tokenize/gpt2", set, [](State& state, const Texts& texts) { pre_tokenize(state, texts, Pattern::gpt2); });
    over_texts("pre_tokenize/cl100k", set, [](State& state, const Texts& texts) { pre_tokenize(state, texts, Pattern::cl100k); });
  }
  over_texts("train_32k", "english", train);
  const bool has_gpt2 = has_data("gpt2.tokenizer.json");
  const bool has_cl100k = has_data("cl100k_base.tiktoken");
  if (has_gpt2) add_encoding("gpt2", "gpt2.tokenizer.json", "");
  if (has_cl100k) add_encoding("cl100k", "cl100k_base.tiktoken", "cl100k_base");
  if (has_gpt2 || has_cl100k) return;
  make_trained_vocabulary();
  add_encoding("trained", "trained.json", "");
}

}  // namespace quern::bench
