#pragma once
// The limits of a job, held against what a run has counted. Ratios are compared exactly, by cross-multiplication.

#include "quern/base/job/watch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// What is counted of the corpus, or of one source.
struct LimitedCounts {
  std::uint64_t records = 0, removed = 0, quarantined = 0, duplicates = 0;  ///< `removed` holds the duplicates
  std::optional<std::uint64_t> documents, tokens;  ///< kept; nothing: not known yet, and not asked
};

/// Of a reason list, as SourceCounts::by_reason.
LimitedCounts limited_counts(const std::vector<std::uint64_t>& by_reason);

enum class LimitOutcome { met, warned, failed };

/// One limit that the job sets, and how it came out.
struct LimitResult {
  std::string key;    ///< "limits.max_removed", "limits.by_source.0.min_tokens"
  std::string about;  ///< "12 of 100 records (0.12) are quarantined"
  std::string bound;  ///< "at most 0.01", as the job says it
  LimitOutcome outcome = LimitOutcome::met;
};

/// A source that the job names and that no record has, has 0 of everything. `bytes_per_s`: nothing while the rate is not asked.
std::vector<LimitResult> check_limits(const LimitsSpec& limits, const LimitedCounts& all,
                                      const std::vector<std::pair<std::string, LimitedCounts>>& sources, std::optional<std::uint64_t> bytes_per_s);

/// "limits.max_quarantined: 12 of 100 records (0.12) are quarantined; at most 0.01 is asked".
std::string to_string(const LimitResult& result);

/// What one failed limit, or several, mean for the run; empty when none has failed. `reasons`: the most frequent ones, if any.
std::string failure_of(const std::vector<LimitResult>& results, const std::string& reasons);

}  // namespace quern
