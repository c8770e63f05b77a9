#include "quern/corpus/contamination.hpp"

#include "corpus/evaluation_files.hpp"
#include "mpi_test.hpp"
#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

using test::world;

/// The same files on every rank, in a folder of the rank's own.
ContaminationSpec spec_in(const test::TempFolder& folder, int items) {
  std::string lines, more = "{\"prompt\":[\"" + test::words(5, 9) + "\",\"" + test::words(7000, 30) + "\"]}\n";
  for (int i = 0; i < items; ++i) lines += test::item("q" + std::to_string(i), test::words(7 * i, 20), test::words(9 * i, i % 14)) + (i % 3 == 0 ? "\n" : "");
  ContaminationSpec spec;
  spec.sets = {test::evaluation_set(folder / "first", lines), test::evaluation_set(folder / "second", more, {"prompt"})};
  return spec;
}

void expect_the_index_of_one_rank(int items) {
  const test::TempFolder folder;
  const ContaminationSpec spec = spec_in(folder, items);
  const auto alone = single_rank_world();
  const ContaminationIndex expected = ContaminationIndex::build(spec, *alone);
  const ContaminationIndex built = ContaminationIndex::build(spec, world());
  ASSERT_EQ(built.items().size(), expected.items().size());
  for (std::size_t i = 0; i < built.items().size(); ++i) {
    EXPECT_EQ(built.items()[i].name, expected.items()[i].name);
    EXPECT_EQ(built.items()[i].set, expected.items()[i].set);
    EXPECT_EQ(built.items()[i].grams, expected.items()[i].grams);
  }
  EXPECT_EQ(built.grams(), expected.grams());
  EXPECT_EQ(built.common_grams(), expected.common_grams());
  EXPECT_GT(built.grams(), 0u);
  ContaminationChecker checker(built), alone_checker(expected);
  std::size_t matched = 0;
  for (int from = 0; from < 7 * items + 20; from += 5) {
    const std::string text = test::words(from, 25);
    const auto matches = checker.check(text), as_expected = alone_checker.check(text);
    EXPECT_EQ(std::vector<ItemMatch>(matches.begin(), matches.end()), std::vector<ItemMatch>(as_expected.begin(), as_expected.end()));
    EXPECT_EQ(contamination_rows("d", matches, built), contamination_rows("d", as_expected, expected));
    matched += matches.size();
  }
  EXPECT_GT(matched, 0u);
}

TEST(ContaminationIndex, IsTheSameForAnyWorldSize) { expect_the_index_of_one_rank(200); }

TEST(ContaminationIndex, IsTheSameWithMoreRanksThanItems) { expect_the_index_of_one_rank(1); }

TEST(ContaminationIndex, SaysOnEveryRankThatAFieldIsNowhere) {
  const test::TempFolder folder;
  ContaminationSpec spec = spec_in(folder, 3);
  spec.sets[1].fields = {"promt"};
  EXPECT_THROW(ContaminationIndex::build(spec, world()), Error);
}

}  // namespace
}  // namespace quern
