#include "quern/corpus/contamination.hpp"

#include "corpus/evaluation_files.hpp"
#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace quern {
namespace {

using test::evaluation_set;
using test::item;
using test::words;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Contamination : public ::testing::Test {
 protected:
  ContaminationIndex index() { return ContaminationIndex::build(spec_, *world_); }
  std::vector<ItemMatch> check(const std::string& text) {
    const ContaminationIndex built = index();
    ContaminationChecker checker(built);
    const auto matches = checker.check(text);
    return {matches.begin(), matches.end()};
  }
  std::string masked(std::string text) {
    spec_.action = ContaminationAction::mask;
    const ContaminationIndex built = index();
    EXPECT_EQ(ContaminationChecker(built).apply(text), Reason::none);
    return text;
  }
  std::string error() {
    try {
      index();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::plan);
      return error.what();
    }
    return "no error";
  }
  void give(const std::string& lines) { spec_.sets = {evaluation_set(folder_ / "set", lines)}; }

  test::TempFolder folder_;
  ContaminationSpec spec_;
  std::unique_ptr<World> world_ = single_rank_world();
};

TEST_F(Contamination, FindsThirteenWordsOfAnItem) {
  give(item("a", words(0, 20)) + item("b", words(100, 13)));
  EXPECT_THAT(check("before " + words(3, 13) + " after"), ElementsAre(ItemMatch{0, 1, 8}));
  EXPECT_THAT(check("before " + words(3, 12) + " after"), IsEmpty());
  EXPECT_THAT(check(words(0, 20) + " and " + words(100, 13)), ElementsAre(ItemMatch{0, 8, 8}, ItemMatch{1, 1, 1}));
  EXPECT_THAT(check(words(3, 13)), ElementsAre(ItemMatch{0, 1, 8}));
  EXPECT_THAT(check(""), IsEmpty());
}

TEST_F(Contamination, ComparesFoldedWords) {
  give(item("a", "Who wrote The Quick Brown-Fox's tale, in which Год a lazy Dog sleeps?"));
  EXPECT_EQ(check("who wrote the quick brown fox s TALE\n\nin WHICH год -- a lazy dog Sleeps").size(), 1u);
  EXPECT_EQ(check("who wrote the quick brown foxs tale in which год a lazy dog sleeps").size(), 0u);
}

TEST_F(Contamination, CountsEachNGramOnce) {
  give(item("a", words(0, 13)));
  std::string twice = words(0, 13) + " " + words(0, 13) + " " + words(0, 13);
  EXPECT_THAT(check(twice), ElementsAre(ItemMatch{0, 1, 1}));
  give(item("a", words(0, 13), words(0, 13)));
  EXPECT_THAT(check(twice), ElementsAre(ItemMatch{0, 1, 1})) << "also of the item";
}

TEST_F(Contamination, LooksForShortTextsAsAWhole) {
  give(item("a", words(0, 8), words(50, 7)) + item("b", words(200, 12)) + item("c", words(205, 10)));
  EXPECT_THAT(check("x " + words(0, 8)), ElementsAre(ItemMatch{0, 1, 1}));
  EXPECT_THAT(check(words(0, 8)), ElementsAre(ItemMatch{0, 1, 1}));
  EXPECT_THAT(check(words(0, 7) + " x"), IsEmpty());
  EXPECT_THAT(check("x " + words(50, 7) + " x"), IsEmpty()) << "fewer than min_words";
  EXPECT_THAT(check(words(199, 30)), ElementsAre(ItemMatch{1, 1, 1}, ItemMatch{2, 1, 1}));
  EXPECT_THAT(check(words(201, 11)), IsEmpty()) << "its last words alone are not enough";
}

TEST_F(Contamination, WithWordsEachTheirOwnInHan) {
  give(item("a", "委员会星期四开会讨论这项建议大多数委员同意"));
  EXPECT_EQ(check("昨天，委员会星期四开会，讨论这项建议。").size(), 1u);
}

TEST_F(Contamination, NeverMissesAndNeverInventsAMatch) {
  std::mt19937 random(3);
  const auto text_of = [&](std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "v" + std::to_string(random() % 3) + " ";
    return text;
  };
  const auto split = [](const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) c == ' ' ? parts.emplace_back() : parts.back() += std::string(1, c);
    parts.pop_back();
    return parts;
  };
  spec_.ngram = 6;
  spec_.min_words = 3;
  spec_.max_items = 1000;
  std::string lines;
  std::vector<std::vector<std::string>> items;
  for (int i = 0; i < 60; ++i) {
    const std::string text = text_of(random() % 10);
    items.push_back(split(text));
    lines += item(std::to_string(i), text);
  }
  give(lines);
  const ContaminationIndex built = index();
  ContaminationChecker checker(built);
  using Gram = std::vector<std::string>;
  int found = 0;
  for (int d = 0; d < 200; ++d) {
    const std::string text = text_of(random() % 40);
    const Gram document = split(text);
    std::set<Gram> held;
    for (std::size_t n = 3; n <= 6; ++n) {
      for (std::size_t at = 0; at + n <= document.size(); ++at) held.insert(Gram(document.begin() + static_cast<long>(at), document.begin() + static_cast<long>(at + n)));
    }
    std::vector<ItemMatch> expected;
    for (std::uint32_t i = 0; i < items.size(); ++i) {
      std::set<Gram> grams;
      if (items[i].size() >= 3 && items[i].size() < 6) grams.insert(items[i]);
      for (std::size_t at = 0; at + 6 <= items[i].size(); ++at) grams.insert(Gram(items[i].begin() + static_cast<long>(at), items[i].begin() + static_cast<long>(at + 6)));
      const auto matched = static_cast<std::uint32_t>(std::ranges::count_if(grams, [&](const Gram& gram) { return held.contains(gram); }));
      if (matched > 0) expected.push_back({i, matched, static_cast<std::uint32_t>(grams.size())});
    }
    const auto matches = checker.check(text);
    EXPECT_EQ(std::vector<ItemMatch>(matches.begin(), matches.end()), expected) << text;
    found += static_cast<int>(expected.size());
  }
  EXPECT_GT(found, 200);
}

TEST_F(Contamination, AsksForEnoughOfAnItem) {
  give(item("a", words(0, 22)) + item("b", words(100, 13)));
  const std::string text = words(0, 14) + " x " + words(100, 13);
  spec_.min_matches = 2;
  EXPECT_THAT(check(text), ElementsAre(ItemMatch{0, 2, 10}, ItemMatch{1, 1, 1})) << "an item that has fewer n-grams needs all of them";
  spec_.min_matches = 3;
  EXPECT_THAT(check(text), ElementsAre(ItemMatch{1, 1, 1}));
  spec_.min_matches = 1;
  spec_.min_share_ppm = 200'000;
  EXPECT_THAT(check(text), ElementsAre(ItemMatch{0, 2, 10}, ItemMatch{1, 1, 1}));
  spec_.min_share_ppm = 200'001;
  EXPECT_THAT(check(text), ElementsAre(ItemMatch{1, 1, 1}));
}

TEST_F(Contamination, DoesNotLookForWhatManyItemsSay) {
  const std::string instruction = words(0, 13);
  give(item("a", instruction + " " + words(20, 13)) + item("b", instruction + " " + words(40, 13)) + item("c", instruction));
  spec_.max_items = 2;
  const ContaminationIndex built = index();
  EXPECT_EQ(built.common_grams(), 1u);
  EXPECT_EQ(built.items_without_grams(), 1u);
  EXPECT_EQ(built.items()[0].grams, 13u);
  EXPECT_THAT(check(instruction), IsEmpty());
  spec_.max_items = 3;
  EXPECT_EQ(check(instruction).size(), 3u);
}

TEST_F(Contamination, DropsTagsOrMasks) {
  give(item("a", words(0, 13)));
  std::string text = "Before. " + words(0, 13) + "! After.";
  spec_.action = ContaminationAction::drop;
  const ContaminationIndex dropping = index();
  EXPECT_EQ(ContaminationChecker(dropping).apply(text), Reason::contamination);
  spec_.action = ContaminationAction::tag;
  const ContaminationIndex tagging = index();
  ContaminationChecker tags(tagging);
  const std::string before = text;
  EXPECT_EQ(tags.apply(text), Reason::none);
  EXPECT_EQ(text, before);
  EXPECT_EQ(tags.matches().size(), 1u);
  EXPECT_EQ(tags.apply(text = "clean"), Reason::none);
  EXPECT_THAT(tags.matches(), IsEmpty());
}

TEST_F(Contamination, MasksWordsAndWhatStandsBetweenThem) {
  give(item("a", words(0, 15)) + item("b", words(14, 13)) + item("c", words(100, 8)));
  EXPECT_EQ(masked("Before (" + words(0, 15) + "), after."), "Before (), after.");
  EXPECT_EQ(masked(words(0, 15)), "");
  EXPECT_EQ(masked("x " + words(0, 27) + " y"), "x  y") << "overlapping items are one";
  EXPECT_EQ(masked("x\n\n" + words(100, 8) + "\n\ny " + words(0, 13) + " z"), "x\n\n\n\ny  z");
  spec_.mask_with = "[...]";
  EXPECT_EQ(masked("x " + words(100, 8) + " y " + words(100, 8)), "x [...] y [...]");
  EXPECT_EQ(masked("nothing of it"), "nothing of it");
}

TEST_F(Contamination, MasksOnlyItemsOfWhichThereIsEnough) {
  give(item("a", words(0, 30)) + item("b", words(100, 13)));
  spec_.min_share_ppm = 900'000;
  EXPECT_EQ(masked("x " + words(0, 13) + " y " + words(100, 13) + " z"), "x " + words(0, 13) + " y  z");
}

TEST_F(Contamination, MasksCharactersOfScriptsWithoutSpaces) {
  give(item("a", "委员会星期四开会讨论这项建议"));
  EXPECT_EQ(masked("昨天，委员会星期四开会，讨论这项建议。"), "昨天，。");
  EXPECT_EQ(masked("昨委员会星期四开会讨论这项建议大"), "昨大");
}

TEST_F(Contamination, NamesItemsByIdOrLine) {
  give(item("q-1", words(0, 13)) + "\n" + R"({"question":")" + words(50, 13) + "\"}\n");
  const ContaminationIndex built = index();
  ASSERT_EQ(built.items().size(), 3u);
  EXPECT_EQ(built.items()[0].name, "q-1");
  EXPECT_EQ(built.items()[1].name, "") << "a blank line is no item";
  EXPECT_EQ(built.items()[2].name, "line 3");
  EXPECT_EQ(built.items_without_grams(), 0u);
  EXPECT_EQ(built.grams(), 2u);
  EXPECT_GT(built.memory_bytes(), 0u);
}

TEST_F(Contamination, WritesRowsOfTheTable) {
  give(item("a\\tb", words(0, 15)) + item("c", words(50, 18)));
  const ContaminationIndex built = index();
  EXPECT_EQ(contamination_rows("doc\\\n1", std::vector<ItemMatch>{{0, 3, 3}, {1, 2, 6}}, built),
            "doc\\\\\\n1\tset\ta\\tb\t3\t3\t1.000000\ndoc\\\\\\n1\tset\tc\t2\t6\t0.333333\n");
  EXPECT_EQ(contamination_rows("doc", {}, built), "");
}

TEST_F(Contamination, IsLinearInATextThatMatchesEverywhere) {
  give(item("a", "x x x x x x x x x x x x x") + item("b", "x x x x x x x x x"));
  spec_.action = ContaminationAction::mask;
  const ContaminationIndex built = index();
  std::string text;
  while (text.size() < (1u << 21)) text += "x ";
  ContaminationChecker checker(built);
  EXPECT_EQ(checker.apply(text), Reason::none);
  EXPECT_EQ(text, " ");
}

TEST_F(Contamination, ReportsFilesThatCannotBeUsed) {
  give(item("a", words(0, 13)) + "{\"question\":");
  EXPECT_THAT(error(), HasSubstr("set: line 2: "));
  give(item("a", words(0, 13)));
  spec_.sets[0].file.digest.low ^= 1;
  EXPECT_THAT(error(), HasSubstr("changed"));
  give(item("a", words(0, 13)));
  spec_.sets[0].fields = {"prompt"};
  EXPECT_THAT(error(), HasSubstr("contamination.sets.0.fields: no line has a text in prompt"));
  give("");
  EXPECT_THAT(error(), HasSubstr("no line has a text"));
}

}  // namespace
}  // namespace quern
