#include "quern/report/progress_text.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

Moment moment_of_map() {
  Moment moment;
  moment.stage = Stage::map;
  moment.elapsed_s = 61;
  moment.stage_s = 60;
  moment.done = 300;
  moment.total = 1000;
  moment.documents = 1234567;
  moment.mb_per_s = 45.25;
  moment.done_by_rank = {200, 100};
  return moment;
}

TEST(ProgressText, ShowsStepPartDocumentsRateSharesAndTheTimeThatIsLeft) {
  EXPECT_EQ(progress_text(moment_of_map(), 200),
            "map  [######..............]  30 %  1,234,567 documents  45.2 MB/s  ranks 67/33 %  2:20 left");
}

TEST(ProgressText, LeavesOutTheLeastImportantWhereThereIsNoRoom) {
  const std::size_t whole = progress_text(moment_of_map(), 200).size();
  EXPECT_EQ(progress_text(moment_of_map(), whole).size(), whole);
  EXPECT_EQ(progress_text(moment_of_map(), whole - 1), "map  [######..............]  30 %  1,234,567 documents  45.2 MB/s  2:20 left");
  EXPECT_EQ(progress_text(moment_of_map(), 60), "map  30 %  1,234,567 documents  45.2 MB/s  2:20 left");
  EXPECT_EQ(progress_text(moment_of_map(), 40), "map  30 %  45.2 MB/s  2:20 left");
  EXPECT_EQ(progress_text(moment_of_map(), 12), "map  30 %");
  EXPECT_EQ(progress_text(moment_of_map(), 2), "ma");
  EXPECT_EQ(progress_text(moment_of_map(), 0), "");
}

TEST(ProgressText, NeverIsLongerThanTheTerminalIsWide) {
  int looked = 0;
  for (std::size_t columns = 0; columns < 120; ++columns, ++looked) EXPECT_LE(progress_text(moment_of_map(), columns).size(), columns);
  EXPECT_EQ(looked, 120);
}

TEST(ProgressText, WithoutATotalShowsRoundsAndTheTimeSoFar) {
  Moment moment;
  moment.stage = Stage::near_rounds;
  moment.stage_s = 75;
  moment.rounds = 4;
  EXPECT_EQ(progress_text(moment, 80), "near duplicates: rounds  round 4  1:15");
}

TEST(ProgressLine, HasEverythingInOneLine) {
  EXPECT_EQ(progress_line(moment_of_map()), "at   61.0 s: map, 30 %, 1,234,567 documents, 45.2 MB/s, ranks 67/33 %, 2:20 left");
}

TEST(SecondsLeft, GoesByThePaceSoFar) {
  Moment moment;
  moment.stage_s = 10;
  moment.done = 25;
  moment.total = 100;
  EXPECT_DOUBLE_EQ(seconds_left(moment).value(), 30);
  moment.done = 150;  // more than was guessed
  EXPECT_DOUBLE_EQ(seconds_left(moment).value(), 0);
}

TEST(SecondsLeft, SaysNothingBeforeThereIsAPace) {
  Moment moment;
  moment.stage_s = 1.9;
  moment.done = 50;
  moment.total = 100;
  EXPECT_FALSE(seconds_left(moment));
  moment.stage_s = 100;
  moment.done = 0;
  EXPECT_FALSE(seconds_left(moment));
  moment.total = 0;
  EXPECT_FALSE(seconds_left(moment));
}

TEST(ClockText, IsReadAsAClockIs) {
  EXPECT_EQ(clock_text(0), "0:00");
  EXPECT_EQ(clock_text(7.4), "0:07");
  EXPECT_EQ(clock_text(59.6), "1:00");
  EXPECT_EQ(clock_text(3599), "59:59");
  EXPECT_EQ(clock_text(10930), "3:02:10");
  EXPECT_EQ(clock_text(-1), "0:00");
}

TEST(ShareText, ListsAFewRanksAndSpansMany) {
  EXPECT_EQ(share_text({}), "");
  EXPECT_EQ(share_text({5}), "");
  EXPECT_EQ(share_text({0, 0}), "");
  EXPECT_EQ(share_text({1, 1, 2}), "25/25/50 %");
  EXPECT_EQ(share_text({1, 1, 1, 1, 1, 1, 1, 1, 2}), "10-20 % each");
}

TEST(Title, EachStageHasOne) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(Stage::count_); ++s) EXPECT_FALSE(title(static_cast<Stage>(s)).empty()) << s;
}

}  // namespace
}  // namespace quern
