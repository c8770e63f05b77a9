#include "quern/tokenize/train.hpp"

#include "quern/base/error.hpp"
#include "quern/tokenize/encoder.hpp"
#include "quern/tokenize/pre_tokenizer.hpp"
#include "tokenize/nasty_text.hpp"
#include "tokenize/rounds.hpp"
#include "tokenize/small_vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <map>

namespace quern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The definition, counted anew for every merge. Tokens are strings; ids are those of the trainer's layout.
std::vector<std::pair<std::string, std::string>> train_plainly(const std::vector<WordCount>& words, const TrainParams& params) {
  std::map<std::string, std::size_t> ids;
  for (const std::uint8_t byte : byte_level_order()) ids.try_emplace(std::string(1, static_cast<char>(byte)), ids.size());
  std::vector<std::vector<std::string>> parts;
  for (const WordCount& word : words) {
    parts.emplace_back();
    for (const char byte : word.word) parts.back().emplace_back(1, byte);
  }
  std::vector<std::pair<std::string, std::string>> merges;
  while (ids.size() + params.special.size() < params.vocab_size) {
    std::map<std::pair<std::size_t, std::size_t>, std::pair<std::uint64_t, std::pair<std::string, std::string>>> counts;
    for (std::size_t w = 0; w < words.size(); ++w) {
      for (std::size_t i = 0; i + 1 < parts[w].size(); ++i) {
        auto& entry = counts[{ids.at(parts[w][i]), ids.at(parts[w][i + 1])}];
        entry.first += words[w].count;
        entry.second = {parts[w][i], parts[w][i + 1]};
      }
    }
    std::uint64_t best = std::max<std::uint64_t>(params.min_frequency, 1) - 1;
    std::pair<std::string, std::string> pair;
    for (const auto& [key, entry] : counts) {
      if (entry.first > best) std::tie(best, pair) = entry;
    }
    if (pair.first.empty()) break;
    merges.push_back(pair);
    ids.try_emplace(pair.first + pair.second, ids.size());
    for (auto& word : parts) {
      for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] != pair.first || word[i + 1] != pair.second) continue;
        word[i] += word[i + 1];
        word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
    }
  }
  return merges;
}

std::vector<std::pair<std::string, std::string>> merges_of(const TrainedVocabulary& vocabulary) {
  std::vector<std::pair<std::string, std::string>> merges;
  const std::size_t special = vocabulary.special.size();
  for (const auto& merge : vocabulary.merges) {
    merges.emplace_back(vocabulary.tokens[merge.left - special], vocabulary.tokens[merge.right - special]);
    EXPECT_EQ(merges.back().first + merges.back().second, vocabulary.tokens[merge.id - special]);
  }
  return merges;
}

std::vector<WordCount> random_words(NastyText& random, std::size_t words, std::size_t most_letters, std::size_t alphabet) {
  WordCounter counter(Pattern::gpt2);
  for (std::size_t i = 0; i < words; ++i) {
    std::string word;
    for (std::size_t n = 1 + random.below(most_letters); n > 0; --n) word += static_cast<char>('a' + random.below(alphabet));
    counter.add_word(word, 1 + random.below(5));
  }
  return counter.take();
}

TEST(TrainMerges, GivesWhatCountingAnewForEveryMergeGives) {
  NastyText random(3);
  std::size_t merges = 0;
  for (int round = 0; round < rounds(40); ++round) {
    const auto words = random_words(random, 30, round % 4 == 0 ? 200 : 12, 1 + random.below(5));
    TrainParams params{.vocab_size = 300, .min_frequency = random.below(4), .special = {}};
    if (round % 3 == 0) params.special = {"<|end|>", "<|pad|>"};
    const TrainedVocabulary trained = train_merges(words, params);
    ASSERT_EQ(merges_of(trained), train_plainly(words, params)) << round;
    merges += trained.merges.size();
  }
  EXPECT_GT(merges, static_cast<std::size_t>(25 * rounds(40)));
}

TEST(TrainMerges, TheOrderOfTheWordsDoesNotMatter) {
  NastyText random(4);
  std::vector<WordCount> words = random_words(random, 300, 10, 4);
  const TrainParams params{.vocab_size = 400, .min_frequency = 2};
  const TrainedVocabulary expected = train_merges(words, params);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = words.size(); i > 1; --i) std::swap(words[i - 1], words[random.below(i)]);
    const TrainedVocabulary trained = train_merges(words, params);
    EXPECT_EQ(trained.tokens, expected.tokens);
    EXPECT_EQ(trained.merges, expected.merges);
  }
  EXPECT_EQ(expected.tokens.size() + 1, 400u);
}

TEST(TrainMerges, AWordMayBeListedMoreThanOnce) {
  const TrainParams params{.vocab_size = 260, .min_frequency = 1, .special = {}};
  const std::vector<WordCount> once = {{"abc", 5}, {"bcd", 3}};
  const std::vector<WordCount> thrice = {{"abc", 2}, {"bcd", 3}, {"abc", 2}, {"abc", 1}};
  EXPECT_EQ(train_merges(once, params).merges, train_merges(thrice, params).merges);
}

TEST(TrainMerges, TheVocabularyCountsBytesAndSpecialTokens) {
  const std::vector<WordCount> words = {{"abcdefgh", 10}};
  const TrainedVocabulary trained = train_merges(words, {.vocab_size = 260, .min_frequency = 2, .special = {"<|a|>", "<|b|>"}});
  EXPECT_EQ(trained.tokens.size(), 258u);
  EXPECT_EQ(trained.merges.size(), 2u);
  EXPECT_EQ(trained.merges[0].id, 258u);
}

TEST(TrainMerges, StopsWhenNoPairIsFrequentEnough) {
  const std::vector<WordCount> words = {{"abc", 5}, {"ad", 1}};
  EXPECT_EQ(train_merges(words, {.vocab_size = 1000, .min_frequency = 2, .special = {}}).merges.size(), 2u);
  EXPECT_EQ(train_merges(words, {.vocab_size = 1000, .min_frequency = 0, .special = {}}).merges.size(), 3u);
  EXPECT_EQ(train_merges(words, {.vocab_size = 1000, .min_frequency = 6, .special = {}}).merges.size(), 0u);
  EXPECT_EQ(train_merges({}, {.vocab_size = 1000}).merges.size(), 0u);
}

TEST(TrainMerges, CountsBeyond32Bits) {
  const std::uint64_t many = std::uint64_t{1} << 33;
  const std::vector<WordCount> words = {{"ab", many}, {"cd", many + 1}, {"ef", UINT32_MAX}};
  EXPECT_THAT(merges_of(train_merges(words, {.vocab_size = 258, .special = {}})),
              ElementsAre(std::pair("c", "d"), std::pair("a", "b")));
}

TEST(TrainMerges, OfEquallyFrequentPairsTheOneWithTheSmallerIds) {
  const std::vector<WordCount> words = {{"zy", 4}, {"ba", 4}, {"bb", 4}};
  EXPECT_THAT(merges_of(train_merges(words, {.vocab_size = 259, .special = {}})),
              ElementsAre(std::pair("b", "a"), std::pair("b", "b"), std::pair("z", "y")));
}

TEST(TrainMerges, IdsAreLaidOutAsHuggingFacesTrainerDoes) {
  const TrainedVocabulary trained = train_merges({}, {.vocab_size = 257});
  EXPECT_THAT(trained.special, ElementsAre("<|endoftext|>"));
  EXPECT_EQ(trained.tokens[0], "!");
  EXPECT_EQ(trained.tokens['~' - '!'], "~");
  EXPECT_EQ(trained.tokens[94], "\xA1");
  EXPECT_EQ(trained.tokens[94 + 12 + 82], std::string(1, '\0'));
  EXPECT_EQ(trained.tokens[94 + 12 + 82 + 32], " ");
  EXPECT_EQ(trained.tokens[255], "\xAD");
}

TEST(TrainMerges, ASpecialTokenIsNeverSpelledByMerges) {
  const std::vector<WordCount> words = {{"stop", 9}};
  const TrainedVocabulary trained = train_merges(words, {.vocab_size = 300, .min_frequency = 1, .special = {"stop"}});
  EXPECT_EQ(trained.merges.size(), 2u);
  EXPECT_THAT(trained.tokens, testing::Not(testing::Contains("stop")));
}

TEST(TrainMerges, RefusesWhatCannotBe) {
  const auto refusal = [](const TrainParams& params) -> std::string {
    try {
      train_merges({}, params);
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  EXPECT_THAT(refusal({.vocab_size = 256}), HasSubstr("256 has no room for the 256 bytes and 1 special tokens"));
  EXPECT_THAT(refusal({.vocab_size = 300, .special = {"a"}}), HasSubstr("\"a\" is how byte 0x61 is written"));
  EXPECT_THAT(refusal({.vocab_size = 300, .special = {"<x>", "<x>"}}), HasSubstr("listed twice"));
  EXPECT_THAT(refusal({.vocab_size = 300, .special = {""}}), HasSubstr("may not be empty"));
}

TEST(TrainMerges, AVeryLongWordTakesNoLongerThanManyShortOnes) {
  NastyText random(5);
  std::string word;
  for (int i = 0; i < 300'000; ++i) word += static_cast<char>('a' + random.below(20));
  const std::vector<WordCount> words = {{word, 1}};
  const std::clock_t start = std::clock();
  EXPECT_EQ(train_merges(words, {.vocab_size = 2000, .special = {}}).merges.size(), 1744u);
  // Walking the word for every merge would be half a billion steps.
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5.0);
}

TEST(ToTokenizerJson, IsReadBackAndEncodesWithItsMerges) {
  NastyText random(6);
  int compared = 0;
  for (const std::string_view name : pattern_names()) {
    WordCounter counter(pattern_of(name));
    std::vector<std::string> texts;
    for (int i = 0; i < rounds(300); ++i) {
      texts.push_back(random.next(30));
      counter.add(texts.back());
    }
    const TrainedVocabulary trained = train_merges(counter.take(), {.vocab_size = 300});
    const std::string json = to_tokenizer_json(trained, pattern_of(name));
    const Tokenizer tokenizer = Tokenizer::from_files({"trained.json", json}, name);
    EXPECT_EQ(tokenizer.vocab_size(), 300u);
    EXPECT_EQ(tokenizer.end_of_text(), 0u);
    EXPECT_TRUE(tokenizer.lossless());
    TokenizerJson parsed = parse_tokenizer_json(json, "trained.json");
    std::erase_if(parsed.vocab, [](const VocabEntry& entry) { return entry.id == 0; });
    Encoder encoder(tokenizer);
    for (const std::string& text : texts) {
      std::vector<std::uint32_t> ids;
      encoder.encode(text, ids);
      ASSERT_EQ(ids, encode_by_merges(parsed, pattern_of(name), text));
      ASSERT_EQ(tokenizer.decode(ids), text);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 6 * rounds(300));
}

TEST(WordCounter, CountsPreTokensOfAllLengthsInOrderOfTheirBytes) {
  WordCounter counter(Pattern::gpt2);
  counter.add("the cat the the cat");
  counter.add(" the supercalifragilistic the supercalifragilistic é");
  EXPECT_EQ(counter.distinct_words(), 5u);
  EXPECT_THAT(counter.take(), ElementsAre(WordCount{" cat", 2}, WordCount{" supercalifragilistic", 2}, WordCount{" the", 4},
                                          WordCount{" é", 1}, WordCount{"the", 1}));
  EXPECT_EQ(counter.distinct_words(), 0u);
  EXPECT_TRUE(counter.take().empty());
}

TEST(WordCounter, AddsWordsCountedElsewhere) {
  WordCounter counter(Pattern::gpt2);
  counter.add_word("a b\n", 1ull << 40);
  counter.add_word("a b\n", 2);
  counter.add_word("a word that is far too long to be a key", 3);
  counter.add_word("", 5);
  counter.add_word("zero", 0);
  EXPECT_THAT(counter.take(), ElementsAre(WordCount{"a b\n", (1ull << 40) + 2}, WordCount{"a word that is far too long to be a key", 3}));
}

TEST(WordCounter, AgreesWithAMapOnManyWords) {
  NastyText random(11);
  WordCounter counter(Pattern::llama3);
  std::map<std::string, std::uint64_t> expected;
  const PreTokenizer pre_tokenizer(Pattern::llama3);
  for (int i = 0; i < rounds(4000); ++i) {
    const std::string text = random.next(30) + (i % 3 == 0 ? std::string(20 + random.below(40), 'x') : "");
    counter.add(text);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = pre_tokenizer.next(text, at);
      ++expected[text.substr(at, end - at)];
      at = end;
    }
  }
  EXPECT_GT(expected.size(), static_cast<std::size_t>(rounds(4000)));
  EXPECT_EQ(counter.distinct_words(), expected.size());
  EXPECT_GT(counter.memory_bytes(), expected.size() * 24);
  WordCounter moved = std::move(counter);
  const auto words = moved.take();
  ASSERT_EQ(words.size(), expected.size());
  std::size_t i = 0;
  for (const auto& [word, count] : expected) {
    ASSERT_EQ(words[i], (WordCount{word, count}));
    ++i;
  }
  EXPECT_EQ(i, words.size());
}

}  // namespace
}  // namespace quern
