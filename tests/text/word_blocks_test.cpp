// The kernels that fold text and find words, against the definition and against each other.

#include "text/kernels/word_blocks.hpp"

#include "quern/text/unicode.hpp"
#include "quern/text/words.hpp"
#include "text/mixed_text.hpp"
#include "text/shared_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace quern {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view text, Kernel kernel) {
  Words all;
  FoldedWords(kernel).for_each(text, [&](const char* word, std::size_t bytes) { all.emplace_back(word, bytes); });
  return all;
}

/// Compares every kernel with the scalar one; returns how many were compared.
std::size_t compare_words(std::string_view text) {
  const Words expected = words_of(text, Kernel::scalar);
  std::size_t compared = 0;
  for (Kernel kernel : available_kernels()) {
    EXPECT_EQ(words_of(text, kernel), expected) << name(kernel) << ": " << testing::PrintToString(text);
    ++compared;
  }
  return compared;
}

char folded_byte(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  if (c >= 0x80 || !(is_letter(c) || is_number(c) || c == '_')) return ' ';
  return static_cast<char>(simple_fold(c));
}

bool is_general_punctuation(char32_t c) { return c >= 0x2000 && c < 0x2040; }

TEST(WordBlocks, GeneralPunctuationIsOfNoWord) {
  std::size_t tried = 0;
  for (char32_t c = 0x2000; c < 0x2040; ++c, ++tried) EXPECT_EQ(unicode::record(c).flags & unicode::kWord, 0) << static_cast<unsigned>(c);
  EXPECT_EQ(tried, 64u);
}

// Up to the first block that begins with another character, or to less than a whole block; each byte as it is defined.
TEST(WordBlocks, FoldWhatIsSimpleAndStopBeforeTheRest) {
  test::MixedText texts(1);
  std::size_t folded_bytes = 0;
  for (int round = 0; round < 4'000; ++round) {
    const std::string text = texts.next(texts.below(400));
    for (Kernel kernel : available_kernels()) {
      std::string to(text.size() + kWordBlock, '?');
      const std::size_t folded = word_blocks(kernel).fold(text.data(), text.size(), to.data());
      ASSERT_LE(folded, text.size());
      for (std::size_t i = 0; i < folded; ++i) ASSERT_EQ(to[i], folded_byte(text[i])) << name(kernel) << ' ' << i;
      for (std::size_t at = 0; at < folded;) {
        const char32_t c = next_code_point(text, at);
        ASSERT_TRUE(c < 0x80 || is_general_punctuation(c)) << name(kernel);
        ASSERT_LE(at, folded) << name(kernel) << ": ends within a character";
      }
      if (text.size() - folded >= kWordBlock && kernel != Kernel::scalar) {
        std::size_t at = folded;
        const char32_t c = next_code_point(text, at);
        ASSERT_FALSE(c < 0x80 || is_general_punctuation(c)) << name(kernel) << ": stops too early";
      }
      folded_bytes += folded;
    }
  }
  EXPECT_GT(folded_bytes, 100'000u);
}

TEST(WordBlocks, FindTheSameEdgesInAnyBytes) {
  test::MixedText random(2);
  std::size_t found = 0;
  for (int round = 0; round < 3'000; ++round) {
    const std::size_t blocks = random.below(6);
    const std::uint64_t spaces = 1 + random.below(9);
    std::string bytes(blocks * kWordBlock, ' ');
    for (char& byte : bytes) byte = random.below(spaces) == 0 ? ' ' : static_cast<char>(random.below(256));
    for (const bool inside : {false, true}) {
      std::vector<std::uint32_t> expected;
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool before = i == 0 ? inside : bytes[i - 1] != ' ';
        if (before != (bytes[i] != ' ')) expected.push_back(static_cast<std::uint32_t>(1000 + i));
      }
      for (Kernel kernel : available_kernels()) {
        std::vector<std::uint32_t> edges(expected.size() + kWordBlock);
        const std::uint32_t* const end = word_blocks(kernel).find_edges(bytes.data(), blocks, 1000, inside, edges.data());
        edges.resize(static_cast<std::size_t>(end - edges.data()));
        ASSERT_EQ(edges, expected) << name(kernel);
      }
      found += expected.size();
    }
  }
  EXPECT_GT(found, 100'000u);
}

TEST(WordBlocks, GiveTheSameWordsForEveryLengthAndAlignment) {
  test::MixedText texts(3);
  std::size_t compared = 0;
  for (std::size_t length = 0; length <= 200 && !testing::Test::HasFailure(); ++length) {
    for (std::size_t alignment = 0; alignment < 64; ++alignment) {
      const std::string text = texts.next(length);
      // Exactly as long as the text: a sanitizer sees a byte too far.
      std::vector<char> exact(alignment, 'x');
      exact.insert(exact.end(), text.begin(), text.end());
      exact.shrink_to_fit();
      compared += compare_words({exact.data() + alignment, text.size()});
    }
  }
  EXPECT_EQ(compared, 201u * 64 * available_kernels().size());
}

TEST(WordBlocks, GiveTheSameWordsForTextsOfManyPieces) {
  test::MixedText texts(4);
  std::size_t compared = 0;
  for (int round = 0; round < 60 && !testing::Test::HasFailure(); ++round) {
    compared += compare_words(texts.next(3'000 + texts.below(20'000)));
  }
  EXPECT_EQ(compared, 60 * available_kernels().size());
}

// Every third byte of a character may be the first of a block.
TEST(WordBlocks, GiveTheSameWordsWhereverPunctuationCrossesABlock) {
  std::size_t compared = 0;
  for (std::string_view mark : {"\u2019", "\u2014", "\u2040", "\u212A", "\u00E9", "\u6F22", "\u0301", "\U0001F600"}) {
    for (std::size_t before = 0; before < 140; ++before) {
      std::string text(before, 'A');
      text.append(mark).append(mark).append("b").append(mark).append(130, 'C');
      compared += compare_words(text);
    }
  }
  EXPECT_EQ(compared, 8u * 140 * available_kernels().size());
}

TEST(WordBlocks, GiveTheSameWordsOfRealText) {
  std::size_t compared = 0;
  for (std::string_view file : {"multilingual/pages-00000-of-00004.jsonl.zst", "books/books-00000-of-00001.jsonl.zst"}) {
    const std::string lines = test::shared_file(file);
    if (lines.empty()) continue;
    // The lines as they are: JSON is text as well.
    compared += compare_words(std::string_view(lines).substr(0, lines.rfind('\n', 4'000'000)));
  }
  std::printf("%zu comparisons on real text\n", compared);
}

}  // namespace
}  // namespace quern
