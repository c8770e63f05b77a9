#pragma once
// A run as metrics, in the text format that Prometheus reads. docs/monitoring.md lists them.

#include "quern/base/tally.hpp"
#include "quern/report/limits.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quern {

enum class RunState { running, done, stopped, failed };

struct RankMetrics {
  std::uint64_t done = 0;   ///< of the step at hand
  std::uint64_t bytes = 0;  ///< of text gone through in it
  std::uint64_t beats = 0;
};

struct SourceMetrics {
  std::string source;
  std::uint64_t records = 0, kept = 0, removed = 0, quarantined = 0;
};

/// What is known of a run at a moment, over all ranks.
struct RunMetrics {
  std::string run, version, plan_digest, output;
  RunState state = RunState::running;
  double started_s = 0, updated_s = 0;  ///< since 1970
  Stage stage = Stage::plan;
  std::vector<std::pair<Stage, double>> stage_seconds;  ///< of those begun so far
  std::uint64_t done = 0, total = 0, documents = 0, rounds = 0;  ///< of the step at hand
  std::vector<std::uint64_t> by_reason;  ///< records; [0]: kept so far
  std::uint64_t text_bytes = 0;          ///< read by the map of this attempt
  std::vector<RankMetrics> ranks;
  std::vector<SourceMetrics> sources;    ///< when duplicates are decided
  bool complete = false;                 ///< tokens and limits are known
  std::uint64_t tokens = 0;
  std::vector<LimitResult> limits;
};

std::string metrics_text(const RunMetrics& run);

}  // namespace quern
