#include "quern/base/error.hpp"
#include "quern/plan/plan_record.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

PlanRecord sample() {
  PlanRecord record;
  record.job = R"({"dedup":{"near":{"bands":14,"threshold":0.8}},"filter":[{"length":{"min":5}}]})";
  record.algorithms = "quern-1, Unicode 15";
  record.tokenizer_digest = "00ff";
  record.unit_bytes = 1 << 20;
  record.ranks = 3;
  record.units = 44;
  record.files = {{0, "/data/a.jsonl", "a.jsonl", 100, 5}, {1, "/data/ü.jsonl", "ü.jsonl", 200, 6}};
  return record;
}

TEST(PlanRecord, ComesBackFromJsonWithoutPaths) {
  const PlanRecord record = sample(), again = plan_record_from_json(to_json(record));
  EXPECT_EQ(again.job, record.job);
  EXPECT_EQ(again.algorithms, record.algorithms);
  EXPECT_EQ(again.tokenizer_digest, record.tokenizer_digest);
  EXPECT_EQ(again.unit_bytes, record.unit_bytes);
  EXPECT_EQ(again.ranks, record.ranks);
  EXPECT_EQ(again.units, record.units);
  ASSERT_EQ(again.files.size(), 2u);
  EXPECT_EQ(again.files[1].name, "ü.jsonl");
  EXPECT_EQ(again.files[1].bytes, 200u);
  EXPECT_EQ(again.files[1].entry, 1u);
  EXPECT_EQ(again.files[1].modified_ns, 6);
  EXPECT_EQ(again.files[1].path, "");
  EXPECT_TRUE(differences(record, again).empty());
  EXPECT_TRUE(changed_times(record, again).empty());
}

TEST(PlanRecord, RefusesNumbersThatDoNotFit) {
  const auto with = [](const std::string& was, const std::string& is) {
    std::string json = to_json(sample());
    const std::size_t at = json.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    return json.replace(at, was.size(), is);
  };
  EXPECT_NO_THROW(plan_record_from_json(with("\"ranks\":3", "\"ranks\":4")));
  for (const char* number : {"777777777777777777777777777777777772", "-1", "1.5", "\"3\""}) {
    EXPECT_THROW(plan_record_from_json(with("\"ranks\":3", fmt::format("\"ranks\":{}", number))), Error) << number;
  }
  EXPECT_THROW(plan_record_from_json(with("\"entry\":[0,1]", "\"entry\":[0,65536]")), Error);
  EXPECT_THROW(plan_record_from_json(with("\"modified_ns\":[5,6]", "\"modified_ns\":[5,9223372036854775808]")), Error);
}

TEST(PlanRecord, SaysWhichKeyWasChanged) {
  PlanRecord now = sample();
  now.job = R"({"dedup":{"near":{"bands":14,"threshold":0.7}},"filter":[{"length":{"min":6}}]})";
  const std::vector<std::string> expected = {"the job's `dedup.near.threshold` was 0.8, is 0.7", "the job's `filter[0].length.min` was 5, is 6"};
  EXPECT_EQ(differences(sample(), now), expected);
}

TEST(PlanRecord, SaysWhichInputWasChanged) {
  PlanRecord now = sample();
  now.files = {{0, "", "a.jsonl", 101, 5}, {1, "", "new.jsonl", 1, 6}};
  now.tokenizer_digest = "11";
  const std::vector<std::string> expected = {"the vocabulary's content is another one", "the input a.jsonl had 100 bytes, has 101",
                                             "the input new.jsonl is new", "the input ü.jsonl is gone"};
  EXPECT_EQ(differences(sample(), now), expected);
}

TEST(PlanRecord, TellsOnlyTheFirstOfManyDifferences) {
  PlanRecord now = sample();
  for (int i = 0; i < 100; ++i) now.files.push_back({1, "", "more" + std::to_string(i), 1, 1});
  const auto lines = differences(sample(), now);
  ASSERT_EQ(lines.size(), 21u);
  EXPECT_EQ(lines.back(), "and 80 more");
}

TEST(PlanRecord, AChangedTimeAloneIsNoDifference) {
  PlanRecord now = sample();
  now.files[1].modified_ns = 7;
  EXPECT_TRUE(differences(sample(), now).empty());
  EXPECT_EQ(changed_times(sample(), now), std::vector<std::uint32_t>{1});
}

TEST(PlanRecord, RefusesWhatIsNoRecord) {
  for (const std::string json : {"", "{", "[]", "{}", R"({"job":1})", R"({"job":"","algorithms":"","tokenizer_digest":"","unit_bytes":1,"ranks":1,"units":1,"files":{"name":["a"]}})"}) {
    EXPECT_THROW(plan_record_from_json(json), Error) << json;
  }
}

}  // namespace
}  // namespace quern
