#include "quern/tokenize/encoder.hpp"

#include "tokenize/nasty_text.hpp"
#include "tokenize/rounds.hpp"
#include "tokenize/shared_file.hpp"
#include "tokenize/small_vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <set>

namespace quern {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using Ids = std::vector<std::uint32_t>;

Ids encode(const Tokenizer& tokenizer, std::string_view text, std::size_t cache_bytes = 1u << 20) {
  Encoder encoder(tokenizer, cache_bytes);
  Ids ids;
  encoder.encode(text, ids);
  return ids;
}

/// A string of a few letters, so that merges meet.
std::string letters(NastyText& random, std::size_t least, std::size_t most, std::size_t alphabet) {
  std::string text;
  for (std::size_t n = least + random.below(most - least + 1); n > 0; --n) text += static_cast<char>('a' + random.below(alphabet));
  return text;
}

/// Tokens in any order of rank, whether or not shorter ones lead to them: stranger than any trained vocabulary.
std::vector<std::string> strange_tokens(NastyText& random) {
  std::set<std::string> distinct;
  for (int i = 0; i < 40; ++i) distinct.insert(letters(random, 2, 6, 3));
  std::vector<std::string> tokens(distinct.begin(), distinct.end());
  for (std::size_t i = tokens.size(); i > 1; --i) std::swap(tokens[i - 1], tokens[random.below(i)]);
  return with_bytes(tokens);
}

/// Merges in any order, the same token made in several ways, pairs listed twice.
TokenizerJson strange_merges(NastyText& random) {
  std::vector<std::string> tokens = {"a", "b", "c"};
  std::vector<std::pair<std::string, std::string>> merges;
  for (int i = 0; i < 40; ++i) {
    const std::string left = tokens[random.below(tokens.size())];
    const std::string right = tokens[random.below(tokens.size())];
    if (left.size() + right.size() > 12) continue;
    merges.emplace_back(left, right);
    tokens.push_back(left + right);
  }
  TokenizerJson json = json_of(merges);
  for (std::size_t i = json.merges.size(); i > 1; --i) std::swap(json.merges[i - 1], json.merges[random.below(i)]);
  json.merges.push_back(json.merges[random.below(json.merges.size())]);
  return json;
}

TEST(Encoder, JoinsByTheRankOfTheConcatenationForTiktokenFiles) {
  NastyText random(5);
  int compared = 0;
  for (int round = 0; round < rounds(60); ++round) {
    const auto tokens = strange_tokens(random);
    const Tokenizer tokenizer = Tokenizer::from_files({"t.tiktoken", tiktoken_file(tokens), ""}, "gpt2");
    for (int i = 0; i < 40; ++i) {
      const std::string text = letters(random, 1, i == 0 ? 400 : 40, 3);
      ASSERT_EQ(encode(tokenizer, text), encode_by_ranks(tokens, Pattern::gpt2, text)) << text;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 40 * rounds(60));
}

TEST(Encoder, JoinsByTheListOfMergesForHuggingFaceFiles) {
  NastyText random(6);
  int compared = 0;
  for (int round = 0; round < rounds(60); ++round) {
    const TokenizerJson json = strange_merges(random);
    const Tokenizer tokenizer = tokenizer_of(json);
    for (int i = 0; i < 40; ++i) {
      const std::string text = letters(random, 1, i == 0 ? 400 : 40, 3);
      ASSERT_EQ(encode(tokenizer, text), encode_by_merges(json, Pattern::gpt2, text)) << text;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 40 * rounds(60));
}

// A run longer than a window of the merger, whose windows have to join without a trace.
TEST(Encoder, MergesPreTokensOfEveryLengthByTheSameRule) {
  NastyText random(11);
  const auto tokens = strange_tokens(random);
  const Tokenizer tokenizer = Tokenizer::from_files({"t.tiktoken", tiktoken_file(tokens), ""}, "gpt2");
  int compared = 0;
  for (std::size_t length = 1; length <= 120; ++length) {
    for (int i = 0; i < 5; ++i) {
      const std::string text = letters(random, length, length, 3);
      ASSERT_EQ(encode(tokenizer, text), encode_by_ranks(tokens, Pattern::gpt2, text)) << text;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 600);
}

TEST(Encoder, LongRunsAreMergedAsOne) {
  NastyText random(8);
  int compared = 0;
  for (int round = 0; round < rounds(12); ++round) {
    const auto tokens = strange_tokens(random);
    const Tokenizer tokenizer = Tokenizer::from_files({"t.tiktoken", tiktoken_file(tokens), ""}, "gpt2");
    std::string unit = letters(random, 1, 5, 3);
    std::string periodic;
    while (periodic.size() < 5000) periodic += unit;
    for (const std::string& text : {letters(random, 5000, 7000, 3), periodic}) {
      ASSERT_EQ(encode(tokenizer, text), encode_by_ranks(tokens, Pattern::gpt2, text));
      ++compared;
    }
  }
  EXPECT_EQ(compared, 2 * rounds(12));
}

// Tokens longer than a window, and borders that depend on how far the run goes: windows have to grow.
TEST(Encoder, TokensLongerThanAWindowAreFound) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (std::size_t length = 1; length <= 4096; length *= 2) merges.emplace_back(std::string(length, 'a'), std::string(length, 'a'));
  const TokenizerJson json = json_of(merges);
  const Tokenizer tokenizer = tokenizer_of(json);
  for (const std::size_t length : {std::size_t{8192}, std::size_t{8191}, std::size_t{30000}}) {
    Ids expected;
    std::size_t left = length;
    for (std::size_t token = 8192; token > 0; token /= 2) {
      for (; left >= token; left -= token) expected.push_back(*tokenizer.find(std::string(token, 'a')));
    }
    EXPECT_EQ(encode(tokenizer, std::string(length, 'a')), expected);
  }
}

// Far beyond the end of a window, a b makes one token of itself and the 600 letters before it, which the window alone would pair off.
TEST(Encoder, ATokenThatReachesBackOverABorderIsFound) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (std::size_t length = 0; length < 600; ++length) merges.emplace_back("a", std::string(length, 'a') + "b");
  merges.emplace_back("a", "a");
  const TokenizerJson json = json_of(merges);
  const Tokenizer tokenizer = tokenizer_of(json);
  std::size_t compared = 0;
  for (const std::size_t length : {2048u, 2100u, 2391u, 3700u}) {
    const std::string text = std::string(length, 'a') + "b" + std::string(length % 7, 'a');
    ASSERT_EQ(encode(tokenizer, text), encode_by_merges(json, Pattern::gpt2, text)) << length;
    ++compared;
  }
  EXPECT_EQ(compared, 4u);
}

TEST(Encoder, AWholePreTokenComesFirstOnlyWhereTheFileSaysSo) {
  TokenizerJson json = json_of({{"a", "b"}, {"b", "c"}});
  json.vocab.push_back({"abc", 258});
  EXPECT_THAT(encode(tokenizer_of(json), "abc"), ElementsAre(256, 'c'));
  json.ignore_merges = true;
  EXPECT_THAT(encode(tokenizer_of(json), "abc"), ElementsAre(258));
  EXPECT_THAT(encode(tokenizer_of(json), "abcc"), ElementsAre(256, 'c', 'c'));
}

TEST(Encoder, AByteWithoutATokenIsLeftOut) {
  TokenizerJson json = json_of({{"a", "b"}});
  std::erase_if(json.vocab, [](const VocabEntry& entry) { return entry.token == "x"; });
  const Tokenizer tokenizer = tokenizer_of(json);
  EXPECT_THAT(encode(tokenizer, "axb"), ElementsAre(256));
  EXPECT_THAT(encode(tokenizer, "x"), ElementsAre());
  EXPECT_FALSE(tokenizer.lossless());
}

TEST(Encoder, EmptyTextHasNoTokens) { EXPECT_THAT(encode(tokenizer_of(json_of({})), ""), ElementsAre()); }

TEST(Encoder, AppendsToWhatIsThere) {
  Encoder encoder(tokenizer_of(json_of({{"a", "b"}})));
  Ids ids = {7};
  encoder.encode("ab", ids);
  encoder.encode("c", ids);
  EXPECT_THAT(ids, ElementsAre(7, 256, 'c'));
}

TEST(Encoder, IdsDoNotDependOnTheCache) {
  NastyText random(9);
  const auto tokens = strange_tokens(random);
  const Tokenizer tokenizer = Tokenizer::from_files({"t.tiktoken", tiktoken_file(tokens), ""}, "llama3");
  std::vector<Encoder> encoders;
  for (const std::size_t bytes : {0u, 100u, 300u, 1000u, 20'000u, 40'000u, 200'000u, 4u << 20}) encoders.emplace_back(tokenizer, bytes);
  std::vector<std::string> texts;
  for (int i = 0; i < rounds(400); ++i) texts.push_back(random.next(40) + letters(random, 1, 60, 3) + " " + letters(random, 1, 12, 2));
  int compared = 0;
  for (int pass = 0; pass < 3; ++pass) {
    for (const std::string& text : texts) {
      const Ids expected = encode_by_ranks(tokens, Pattern::llama3, text);
      for (Encoder& encoder : encoders) {
        Ids ids;
        encoder.encode(text, ids);
        ASSERT_EQ(ids, expected) << text;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 24 * rounds(400));
  EXPECT_EQ(encoders.front().counts().misses, encoders.front().counts().pre_tokens);
  EXPECT_LT(encoders.back().counts().misses, encoders.back().counts().pre_tokens / 2);
}

TEST(Encoder, TheCacheKeepsPreTokensOfAllLengths) {
  Encoder encoder(tokenizer_of(json_of({})), 1u << 20);
  for (const std::size_t length : {1u, 3u, 11u, 12u, 15u, 16u, 40u, 4096u}) {
    const std::string word(length, 'x');
    Ids first;
    Ids second;
    encoder.encode(word, first);
    const auto misses = encoder.counts().misses;
    encoder.encode(word, second);
    EXPECT_EQ(encoder.counts().misses, misses) << length;
    EXPECT_EQ(first, Ids(length, 'x'));
    EXPECT_EQ(second, first);
  }
}

TEST(Encoder, AMovedEncoderGoesOn) {
  Encoder first(tokenizer_of(json_of({{"a", "b"}})));
  Encoder second(tokenizer_of(json_of({})));
  second = std::move(first);
  Ids ids;
  second.encode("ab", ids);
  EXPECT_THAT(ids, ElementsAre(256));
}

double seconds_to_encode(const Tokenizer& tokenizer, const std::string& text) {
  Encoder encoder(tokenizer, 0);
  Ids ids;
  const std::clock_t start = std::clock();
  encoder.encode(text, ids);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST(Encoder, TimeForARunGrowsWithItsLengthAndNotWithItsSquare) {
  const auto file = shared_file("tokenizers/gpt2.tokenizer.json.zst");
  if (!file) return;
  const Tokenizer tokenizer = Tokenizer::from_files({"gpt2.json", *file, ""});
  NastyText random(10);
  std::size_t measured = 0;
  for (const std::string& unit : {std::string("a"), std::string("-"), std::string(" "), letters(random, 1 << 16, 1 << 16, 26)}) {
    std::string text;
    while (text.size() < 1u << 17) text += unit;
    const double small = seconds_to_encode(tokenizer, text);
    while (text.size() < 1u << 20) text += unit;
    // Eight times the text; its square would take 64 times as long.
    EXPECT_LT(seconds_to_encode(tokenizer, text), 24 * small + 0.1);
    ++measured;
  }
  EXPECT_EQ(measured, 4u);
}

}  // namespace
}  // namespace quern
