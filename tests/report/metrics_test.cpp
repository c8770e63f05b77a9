#include "quern/report/metrics.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace quern {
namespace {

RunMetrics some_run() {
  RunMetrics run;
  run.run = "web";
  run.version = "0.1.0";
  run.plan_digest = "abc";
  run.output = "/data/\"web\"\\1\n2";
  run.started_s = 1000.5;
  run.updated_s = 1060;
  run.stage = Stage::map;
  run.stage_seconds = {{Stage::map, 59.5}};
  run.done = 30;
  run.total = 120;
  run.documents = 17;
  run.by_reason.assign(static_cast<std::size_t>(Reason::count_), 0);
  run.by_reason[0] = 10;
  run.by_reason[static_cast<std::size_t>(Reason::length_min)] = 4;
  run.by_reason[static_cast<std::size_t>(Reason::json)] = 3;
  run.ranks = {{20, 2000, 5}, {10, 1000, 6}};
  return run;
}

bool has_line(const std::string& text, const std::string& line) { return ("\n" + text).find("\n" + line + "\n") != std::string::npos; }

TEST(Metrics, CountRecordsByWhatBecameOfThem) {
  const std::string text = metrics_text(some_run());
  EXPECT_TRUE(has_line(text, "quern_records_total{run=\"web\"} 17")) << text;
  EXPECT_TRUE(has_line(text, "quern_kept_records{run=\"web\"} 10"));
  EXPECT_TRUE(has_line(text, "quern_removed_records_total{run=\"web\"} 4"));
  EXPECT_TRUE(has_line(text, "quern_removed_records_by_reason_total{run=\"web\",reason=\"length_min\"} 4"));
  EXPECT_TRUE(has_line(text, "quern_quarantined_records_by_reason_total{run=\"web\",reason=\"json\"} 3"));
}

TEST(Metrics, ShowStepAndRanks) {
  const std::string text = metrics_text(some_run());
  EXPECT_TRUE(has_line(text, "quern_step_active{run=\"web\",step=\"map\"} 1")) << text;
  EXPECT_TRUE(has_line(text, "quern_step_duration_seconds{run=\"web\",step=\"map\"} 59.500"));
  EXPECT_TRUE(has_line(text, "quern_step_progress_ratio{run=\"web\",step=\"map\"} 0.250000"));
  EXPECT_TRUE(has_line(text, "quern_rank_step_text_bytes{run=\"web\",rank=\"1\"} 1000"));
  EXPECT_TRUE(has_line(text, "quern_run_state{run=\"web\",state=\"running\"} 1"));
  EXPECT_TRUE(has_line(text, "quern_run_state{run=\"web\",state=\"failed\"} 0"));
}

TEST(Metrics, OfARunThatIsOverThereIsNoStepAtHand) {
  RunMetrics run = some_run();
  run.state = RunState::done;
  const std::string text = metrics_text(run);
  EXPECT_EQ(text.find("quern_rank_step"), std::string::npos) << text;
  EXPECT_EQ(text.find("quern_step_documents"), std::string::npos);
  EXPECT_NE(text.find("quern_rank_heartbeats_total{"), std::string::npos);
}

TEST(Metrics, LabelsAreEscaped) {
  EXPECT_NE(metrics_text(some_run()).find(R"(output="/data/\"web\"\\1\n2"} 1)"), std::string::npos);
}

TEST(Metrics, EveryFamilyHasHelpAndTypeOnceBeforeItsSamples) {
  RunMetrics run = some_run();
  run.complete = true;
  run.tokens = 99;
  run.sources = {{"a", 1, 1, 0, 0}, {"b", 2, 1, 1, 0}};
  run.limits = {{"limits.max_removed", "", "", LimitOutcome::warned}};
  std::istringstream lines(metrics_text(run));
  std::set<std::string> helped, typed;
  std::size_t samples = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(line.starts_with("# ") ? 7 : 0, line.find_first_of(" {", 7) - (line.starts_with("# ") ? 7 : 0));
    if (line.starts_with("# HELP ")) EXPECT_TRUE(helped.insert(name).second) << line;
    else if (line.starts_with("# TYPE ")) EXPECT_TRUE(typed.insert(name).second) << line;
    else {
      ++samples;
      EXPECT_TRUE(helped.contains(name) && typed.contains(name)) << line;
    }
  }
  EXPECT_GT(samples, 20u);
  EXPECT_EQ(helped, typed);
  EXPECT_TRUE(has_line(metrics_text(run), "quern_limit_state{run=\"web\",limit=\"limits.max_removed\"} 1"));
  EXPECT_TRUE(has_line(metrics_text(run), "quern_source_kept_records{run=\"web\",source=\"b\"} 1"));
}

}  // namespace
}  // namespace quern
