#include "quern/report/word_diff.hpp"

#include "quern/report/examples.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>

namespace quern {
namespace {

using ::testing::ElementsAre;

std::string marked(std::string_view a, std::string_view b, std::size_t most = 1500) {
  std::string text;
  for (const Stretch& stretch : word_diff(a, b, most)) {
    if (stretch.side == DiffSide::both) text += stretch.first;
    if (stretch.side == DiffSide::first) text += "[-" + std::string(stretch.first) + "-]";
    if (stretch.side == DiffSide::second) text += "{+" + std::string(stretch.second) + "+}";
  }
  return text;
}

TEST(WordDiff, TellsWordsThatWereChangedAddedAndLeftOut) {
  EXPECT_EQ(marked("the old mill grinds grain", "the new mill grinds grain"), "the [-old -]{+new +}mill grinds grain");
  EXPECT_EQ(marked("a b c", "a b c d"), "a b c{+d+}");
  EXPECT_EQ(marked("a b c", "b c"), "[-a -]b c");
  EXPECT_EQ(marked("", "a"), "{+a+}");
  EXPECT_EQ(marked("a", ""), "[-a-]");
  EXPECT_EQ(marked("", ""), "");
}

TEST(WordDiff, DoesNotCountWhiteSpace) { EXPECT_EQ(marked("a  b\nc", "a b c"), "a  b\nc"); }

TEST(WordDiff, TakesCharactersOfScriptsWithoutSpacesAsWords) {
  EXPECT_THAT(words_with_space(" 石臼は ab c"), ElementsAre(" ", "石", "臼", "は ", "ab ", "c"));
  EXPECT_EQ(marked("石臼を回す", "石車を回す"), "石[-臼-]{+車+}を回す");
}

TEST(WordDiff, FindsAShortestListOfDifferences) {
  // Myers' own example: five differences.
  std::size_t words = 0;
  for (const Stretch& stretch : word_diff("A B C A B B A", "C B A B A C")) {
    if (stretch.side != DiffSide::both) words += words_with_space(stretch.side == DiffSide::first ? stretch.first : stretch.second).size();
  }
  EXPECT_EQ(words, 5u);
}

/// Both texts, put together again from the stretches, for many pairs and every bound.
TEST(WordDiff, KeepsEveryByteOfBothTexts) {
  std::mt19937 random(1);
  const char* const kWords[] = {"a ", "b\n", "c", "鬼", " ", "d  "};
  std::size_t tried = 0;
  for (int round = 0; round < 400; ++round) {
    std::string a, b;
    for (auto i = random() % 30; i > 0; --i) a += kWords[random() % 6];
    for (auto i = random() % 30; i > 0; --i) b += kWords[random() % 6];
    for (const std::size_t most : {std::size_t{0}, std::size_t{3}, std::size_t{1500}}) {
      std::string first, second;
      for (const Stretch& stretch : word_diff(a, b, most)) {
        first += stretch.first;
        second += stretch.second;
      }
      ASSERT_EQ(first, a);
      ASSERT_EQ(second, b);
      ++tried;
    }
  }
  EXPECT_EQ(tried, 1200u);
}

TEST(WordDiff, GivesUpTheMiddleOfTextsThatDifferTooMuch) { EXPECT_EQ(marked("x a b c d y", "x e f g h y", 3), "x [-a b c d -]{+e f g h +}y"); }

TEST(Excerpts, BeginShortlyBeforeTheFirstDifferenceAndEndBetweenWords) {
  std::string same, tail;
  for (int i = 0; i < 1000; ++i) same += "same" + std::to_string(i) + " ";
  for (int i = 0; i < 2000; ++i) tail += "tail" + std::to_string(i) + " ";
  DuplicateExample example;
  example.kept.text = same + "left " + tail;
  example.removed.text = same + "right " + tail;
  cut_excerpts(example);
  for (const Excerpt* excerpt : {&example.kept, &example.removed}) {
    EXPECT_GT(excerpt->begin, same.size() - 700);
    EXPECT_LT(excerpt->begin, same.size() - 500);
    EXPECT_TRUE(excerpt->text.starts_with("same"));
    EXPECT_LE(excerpt->text.size(), kExcerptBytes);
    EXPECT_GT(excerpt->text.size(), kExcerptBytes - 20);
    EXPECT_TRUE(excerpt->text.ends_with(" "));
  }
  EXPECT_THAT(example.removed.text, ::testing::HasSubstr("right tail0"));
}

TEST(Excerpts, AreNeverCutInsideACharacter) {
  DuplicateExample example;
  for (int i = 0; i < 3000; ++i) example.kept.text += "鬼";
  example.removed.text = example.kept.text;
  cut_excerpts(example);
  EXPECT_EQ(example.kept.text.size() % 3, 0u);
  EXPECT_GT(example.kept.text.size(), kExcerptBytes - 3);
}

}  // namespace
}  // namespace quern
