#include "quern/report/limits.hpp"

#include "quern/base/verdict.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

LimitedCounts counts_of(std::uint64_t records, std::uint64_t removed, std::uint64_t quarantined, std::uint64_t duplicates = 0) {
  LimitedCounts counts{records, removed, quarantined, duplicates, records - removed - quarantined, 1000};
  return counts;
}

LimitOutcome outcome_of(const LimitsSpec& limits, const LimitedCounts& counts, std::optional<std::uint64_t> rate = std::nullopt) {
  const auto results = check_limits(limits, counts, {}, rate);
  EXPECT_EQ(results.size(), 1u);
  return results.empty() ? LimitOutcome::met : results[0].outcome;
}

TEST(Limits, NothingIsAskedOfAJobWithoutThem) { EXPECT_TRUE(check_limits({}, counts_of(10, 10, 0), {}, 5).empty()); }

TEST(Limits, ARatioIsExactAtItsBound) {
  LimitsSpec limits;
  limits.max_removed.plain = 333'333;
  EXPECT_EQ(outcome_of(limits, counts_of(3, 1, 0)), LimitOutcome::failed);  // 1/3 is more
  limits.max_removed.plain = 333'334;
  EXPECT_EQ(outcome_of(limits, counts_of(3, 1, 0)), LimitOutcome::met);
  limits.max_removed.plain = 500'000;
  EXPECT_EQ(outcome_of(limits, counts_of(2, 1, 0)), LimitOutcome::met);
  constexpr std::uint64_t kMany = 10'000'000'000'000'000'000u;  // the product has more than 64 bits
  EXPECT_EQ(outcome_of(limits, counts_of(kMany, kMany / 2, 0)), LimitOutcome::met);
  EXPECT_EQ(outcome_of(limits, counts_of(kMany, kMany / 2 + 1, 0)), LimitOutcome::failed);
}

TEST(Limits, ASourceDoesNotSteerATerminal) {
  LimitsSpec limits;
  SourceLimits& of_source = limits.by_source.emplace_back();
  of_source.source = "\x1b[31mred\n";
  of_source.min_documents.plain = 1;
  const auto results = check_limits(limits, counts_of(10, 0, 0), {}, std::nullopt);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(to_string(results[0]).find("source '<U+001B>[31mred<U+000A>': 0 documents") != std::string::npos) << to_string(results[0]);
}

TEST(Limits, NoRecordsAreNotTooMany) {
  LimitsSpec limits;
  limits.max_quarantined.plain = 0;
  EXPECT_EQ(outcome_of(limits, counts_of(0, 0, 0)), LimitOutcome::met);
  EXPECT_EQ(outcome_of(limits, counts_of(1, 0, 1)), LimitOutcome::failed);
}

TEST(Limits, WarnsBeforeItFails) {
  LimitsSpec limits;
  limits.max_duplicates = {{}, 100'000, 500'000};
  EXPECT_EQ(outcome_of(limits, counts_of(100, 10, 0, 10)), LimitOutcome::met);
  EXPECT_EQ(outcome_of(limits, counts_of(100, 11, 0, 11)), LimitOutcome::warned);
  EXPECT_EQ(outcome_of(limits, counts_of(100, 51, 0, 51)), LimitOutcome::failed);
}

TEST(Limits, APlainNumberDoesWhatTheActionSays) {
  LimitsSpec limits;
  limits.min_documents.plain = 6;
  EXPECT_EQ(outcome_of(limits, counts_of(10, 5, 0)), LimitOutcome::failed);
  limits.action = LimitAction::warn;
  EXPECT_EQ(outcome_of(limits, counts_of(10, 5, 0)), LimitOutcome::warned);
  limits.min_documents = {{}, {}, 6};  // said for itself
  EXPECT_EQ(outcome_of(limits, counts_of(10, 5, 0)), LimitOutcome::failed);
}

TEST(Limits, WhatIsNotKnownYetIsNotAsked) {
  LimitsSpec limits;
  limits.min_tokens.plain = 1001;
  LimitedCounts counts = counts_of(10, 5, 0);
  EXPECT_EQ(outcome_of(limits, counts), LimitOutcome::failed);
  counts.tokens.reset();
  EXPECT_TRUE(check_limits(limits, counts, {}, std::nullopt).empty());
}

TEST(Limits, TheRateIsInBytesASecond) {
  LimitsSpec limits;
  limits.min_mb_per_s.plain = 1'500'000;
  EXPECT_EQ(outcome_of(limits, counts_of(1, 0, 0), 1'499'999), LimitOutcome::failed);
  EXPECT_EQ(outcome_of(limits, counts_of(1, 0, 0), 1'500'000), LimitOutcome::met);
  EXPECT_TRUE(check_limits(limits, counts_of(1, 0, 0), {}, std::nullopt).empty());
}

TEST(Limits, OfASourceAreHeldAgainstThatSource) {
  LimitsSpec limits;
  limits.by_source.resize(2);
  limits.by_source[0].source = "web";
  limits.by_source[0].max_removed.plain = 500'000;
  limits.by_source[1].source = "nowhere";
  limits.by_source[1].min_documents.plain = 1;
  const auto results = check_limits(limits, counts_of(100, 10, 0), {{"books", counts_of(90, 4, 0)}, {"web", counts_of(10, 6, 0)}}, std::nullopt);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(to_string(results[0]), "limits.by_source.0.max_removed: source 'web': 6 of 10 records (0.6) are removed; at most 0.5 is asked");
  EXPECT_EQ(results[0].outcome, LimitOutcome::failed);
  EXPECT_EQ(results[1].outcome, LimitOutcome::failed);
  EXPECT_EQ(results[1].key, "limits.by_source.1.min_documents");
}

TEST(LimitedCounts, TellDuplicatesAndQuarantineApart) {
  std::vector<std::uint64_t> by_reason(static_cast<std::size_t>(Reason::count_), 0);
  by_reason[0] = 100;
  by_reason[static_cast<std::size_t>(Reason::exact)] = 10;
  by_reason[static_cast<std::size_t>(Reason::near)] = 5;
  by_reason[static_cast<std::size_t>(Reason::length_min)] = 3;
  by_reason[static_cast<std::size_t>(Reason::json)] = 2;
  by_reason[static_cast<std::size_t>(Reason::warc)] = 1;
  const LimitedCounts counts = limited_counts(by_reason);
  EXPECT_EQ(counts.records, 121u);
  EXPECT_EQ(counts.removed, 18u);
  EXPECT_EQ(counts.duplicates, 15u);
  EXPECT_EQ(counts.quarantined, 3u);
  EXPECT_EQ(counts.documents, 100u);
  EXPECT_FALSE(counts.tokens);
}

TEST(FailureOf, NamesEachFailedLimitAndTheRemedy) {
  LimitsSpec limits;
  limits.max_quarantined.plain = 10'000;
  limits.min_documents = {{}, 1'000'000, {}};
  const std::string text = failure_of(check_limits(limits, counts_of(1000, 0, 12), {}, std::nullopt), "json 12");
  EXPECT_NE(text.find("most frequent reasons: json 12"), std::string::npos) << text;
  EXPECT_NE(text.find("limits.max_quarantined: 12 of 1,000 records (0.012) are quarantined; at most 0.01 is asked"), std::string::npos) << text;
  EXPECT_NE(text.find("--set"), std::string::npos);
  EXPECT_EQ(text.find("min_documents"), std::string::npos) << "a warning is no failure: " << text;
  EXPECT_EQ(failure_of({}, "json 12"), "");
}

}  // namespace
}  // namespace quern
