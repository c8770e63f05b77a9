#pragma once
// The limits of the job, as soon as what they ask for is known. Nothing that they do changes what is computed.

#include "engine/records.hpp"
#include "quern/report/report.hpp"

#include <optional>
#include <utility>

namespace quern {

/// Thrown on all ranks together; rank 0 has said why.
struct BeyondLimits {};

/// Collective. Quarantined records alone, when all records are read: their number only grows. Throws BeyondLimits.
void check_quarantine_limits(const Records& records, const Job& job, World& world);

/// All ranks alike, when every record has its verdict: `sources` as counts_by_source() gives them on each rank. Tokens and rate are not asked. Throws
/// BeyondLimits.
void check_limits_of_counts(const std::vector<SourceCounts>& sources, const Job& job, const World& world);

/// Collective. All limits, by the report that rank 0 has: their results go into it, and rank 0 says each that is not met. The same answer on all ranks:
/// whether the data set may be published.
bool meets_limits(RunReport& report, const Job& job, World& world);

}  // namespace quern
