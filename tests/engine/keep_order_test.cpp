#include "engine/keep_order.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

TEST(SecondsOfDate, AscendsWithDatesOfTheIsoForms) {
  const char* const dates[] = {"1970",       "2010-12-31",           "2020-02-28",          "2020-02-29", "20200301",
                               "2020-03-01T00:00:01", "20200301100000", "2020-03-01T10:00:01Z", "2024-03-05 10:00", "2024-12-31T23:59:59.5"};
  std::uint64_t before = 0;
  for (const char* const date : dates) {
    EXPECT_GT(seconds_of_date(date), before) << date;
    before = seconds_of_date(date);
  }
}

TEST(SecondsOfDate, HoldsTimeZonesAgainstEachOther) {
  EXPECT_EQ(seconds_of_date("2024-03-01T10:00:00+01:00"), seconds_of_date("2024-03-01T09:00:00Z"));
  EXPECT_EQ(seconds_of_date("2024-03-01T10:00:00-0530"), seconds_of_date("2024-03-01T15:30:00"));
  EXPECT_EQ(seconds_of_date("2024-03-01") - seconds_of_date("2024-02-28"), 2 * 86'400u) << "a leap year";
  EXPECT_EQ(seconds_of_date("1970-01-01") + 1'700'000'000, seconds_of_date("2023-11-14T22:13:20Z"));
}

TEST(SecondsOfDate, AreNoneForAnythingElse) {
  for (const char* const text : {"", "yesterday", "12/31/2010", "March 5, 1990", "1700000000", "2024/03/05", "2024 spring", "202", "2024-13-01", "2024-03-05x"}) {
    EXPECT_EQ(seconds_of_date(text), 0u) << text;
  }
}

TEST(KeepKey, PutsTheBetterFirst) {
  Job job;
  job.dedup.near.emplace();
  const auto key = [&](std::string_view source, std::string_view date, double quality) { return keep_key(job, source, date, quality); };
  job.dedup.near->keep = Keep::newest;
  EXPECT_LT(key("", "2024", 0), key("", "2023-12-31", 0));
  EXPECT_LT(key("", "1990", 0), key("", "", 0)) << "without a date it is the oldest of all";
  job.dedup.near->keep = Keep::source_priority;
  job.sources.resize(2);
  job.sources[0].name = "books";
  job.sources[1].name = "web";
  EXPECT_LT(key("books", "", 0), key("web", "", 0));
  EXPECT_LT(key("web", "", 0), key("other", "", 0));
  job.dedup.near->keep = Keep::best_quality;
  const double none = 0.0 / 0.0;
  EXPECT_LT(key("", "", 2.5), key("", "", -1));
  EXPECT_LT(key("", "", -1e300), key("", "", none));
  job.dedup.near->lowest_quality = true;
  EXPECT_LT(key("", "", -1), key("", "", 2.5));
  EXPECT_LT(key("", "", 1e300), key("", "", none));
}

}  // namespace
}  // namespace quern
