#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace quern {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunReport small_report() {
  RunReport report;
  report.job = R"({"input":[]})";
  report.records = 10;
  report.kept = 4;
  report.removed = 5;
  report.quarantined = 1;
  report.by_reason.assign(static_cast<std::size_t>(Reason::count_), 0);
  report.by_reason[0] = 4;
  report.by_reason[static_cast<std::size_t>(Reason::exact)] = 2;
  report.by_reason[static_cast<std::size_t>(Reason::gopher_words_min)] = 3;
  report.by_reason[static_cast<std::size_t>(Reason::json)] = 1;
  report.tokens = 1234567;
  report.raw_text_bytes = 50'000'000;
  report.wall_s = 2;
  report.vocab_size = 600;
  report.ranks = 2;
  report.steps = {{"map", 1.5, {1.0, 0.25}, {1.5, 1.4}}};
  report.peak_memory_bytes = {1u << 20, 3u << 20};
  report.quarantine = {{"a\xff.jsonl", 17, Reason::json, "expected ':'"}};
  return report;
}

TEST(Report, AcceptsCountsThatAddUp) { EXPECT_NO_THROW(check_counts(small_report())); }

TEST(Report, RefusesCountsThatDoNotAddUp) {
  const auto refused = [](auto change) {
    RunReport report = small_report();
    change(report);
    try {
      check_counts(report);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::check;
    }
    return false;
  };
  EXPECT_TRUE(refused([](RunReport& r) { r.records = 11; }));
  EXPECT_TRUE(refused([](RunReport& r) { ++r.kept; }));
  EXPECT_TRUE(refused([](RunReport& r) { --r.by_reason[0]; }));
  EXPECT_TRUE(refused([](RunReport& r) { ++r.removed, --r.kept; }));
  EXPECT_TRUE(refused([](RunReport& r) {
    --r.by_reason[static_cast<std::size_t>(Reason::json)];
    ++r.by_reason[static_cast<std::size_t>(Reason::exact)];
  }));
}

TEST(Report, TellsPeopleWhatHappened) {
  const std::string table = report_table(small_report());
  for (const char* part : {"documents in", "1,234,567", "gopher_words_min", "25.0 MB/s", "40.0 MB per CPU second", "3 MiB", "2 ranks"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
  EXPECT_THAT(table, Not(HasSubstr("note:")));
}

TEST(Report, RatesAreOfTheTextThatThisAttemptHasRead) {
  RunReport report = small_report();
  report.text_bytes_before = 30'000'000;
  const std::string table = report_table(report);
  for (const char* part : {"50.0 MB of text", "10.0 MB/s", "16.0 MB per CPU second", "this attempt alone: it has read 20.0 MB"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
  const auto json = nlohmann::json::parse(report_json(report));
  EXPECT_EQ(json["run"]["mb_per_s"], 10);
  EXPECT_EQ(json["run"]["text_bytes"], 20'000'000);
  EXPECT_EQ(json["input"]["text_bytes"], 50'000'000);
}

TEST(Report, RemarksOnARuleThatTakesMostAndOnASmallVocabulary) {
  RunReport report = small_report();
  report.by_reason[static_cast<std::size_t>(Reason::gopher_words_min)] = 6;
  report.vocab_size_asked = 32'000;
  report.kept = 0;
  const std::string table = report_table(report);
  EXPECT_THAT(table, HasSubstr("gopher_words_min took 60 % of the records"));
  EXPECT_THAT(table, HasSubstr("the vocabulary has 600 tokens, not 32,000"));
  EXPECT_THAT(table, HasSubstr("no document is left"));
}

TEST(Report, RemarksSayWhereToLook) {
  const auto table_of = [](Reason reason) {
    RunReport report = small_report();
    report.by_reason[static_cast<std::size_t>(reason)] = 6;
    return report_table(report);
  };
  EXPECT_THAT(table_of(Reason::field), HasSubstr("another field (text_field)? `quern quarantine JOB.yaml"));
  EXPECT_THAT(table_of(Reason::json), HasSubstr("is it JSON lines (format)?"));
  EXPECT_THAT(table_of(Reason::near), HasSubstr("`quern ledger OUT` says"));
  EXPECT_THAT(table_of(Reason::language), HasSubstr("`quern classify JOB.yaml"));
  EXPECT_THAT(table_of(Reason::utf8), HasSubstr("`quern quarantine JOB.yaml"));
  EXPECT_THAT(table_of(Reason::gopher_words_min), HasSubstr("docs/filters.md"));
  EXPECT_THAT(report_table(RunReport{}), HasSubstr("the input holds no records"));
}

TEST(Report, GivesProgramsTheSameAsJson) {
  const auto json = nlohmann::json::parse(report_json(small_report()));
  EXPECT_EQ(json["counts"]["by_reason"]["gopher_words_min"], 3);
  EXPECT_FALSE(json["counts"]["by_reason"].contains("near"));
  EXPECT_EQ(json["run"]["cpu_s"], 1.25);
  EXPECT_EQ(json["run"]["steps"][0]["cpu_s_by_rank"][1], 0.25);
  EXPECT_EQ(json["quarantine_examples"][0]["offset"], 17);
  EXPECT_EQ(json["quarantine_examples"][0]["file"], "a\xef\xbf\xbd.jsonl");
}

TEST(Report, ASumOfTimesThatIsNoNumberOfOursSaysNothingOfTheInput) {
  const test::TempFolder folder;
  for (const auto& [times, known] : std::vector<std::pair<std::string, bool>>{{"17", true}, {"7e35", false}, {"-1", false}, {"true", false}}) {
    publish_file(folder / "report.json", fmt::format(R"({{"input":{{"digest":"ab","times":{}}}}})", times));
    EXPECT_EQ(read_reported_input(folder / "report.json").has_value(), known) << times;
  }
}

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(18446744073709551615u), "18,446,744,073,709,551,615");
}

TEST(StepClock, GathersTheTimesOfEveryRank) {
  const auto world = single_rank_world();
  StepClock clock(false);
  clock.begin("one");
  clock.end();
  clock.begin("two");
  clock.end(0.5);
  const auto steps = clock.gather(*world);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[1].name, "two");
  EXPECT_EQ(steps[1].cpu_s.size(), 1u);
  EXPECT_GE(steps[0].wall_s, 0);
  ASSERT_EQ(steps[1].waited_s.size(), 1u);
  EXPECT_EQ(steps[0].waited_s[0], 0);
  EXPECT_NEAR(steps[1].waited_s[0], 0.5, 1e-9);
  EXPECT_NEAR(steps[1].busy_s[0], steps[1].wall_s - 0.5, 1e-9) << "what it waited within the step does not count as busy";
  EXPECT_GT(peak_memory_bytes(), 1u << 20);
}

}  // namespace
}  // namespace quern
