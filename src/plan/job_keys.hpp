#pragma once
// Every key of the job file.

#include "plan/section.hpp"
#include "quern/base/job.hpp"

namespace quern {

/// Smallest memory_per_rank with which every step can work.
inline constexpr std::uint64_t kLeastMemoryPerRank = 32u << 20;
inline constexpr std::uint64_t kLeastUnitBytes = 64u << 10;
/// Hashes of a sketch, which the bands share.
inline constexpr std::uint32_t kSketchHashes = 256;

const Section<Job>& job_keys();
const Section<AboutSpec>& about_keys();

}  // namespace quern
