#pragma once
// Whether `memory_per_rank` can hold what must be known of every record at once, said before anything is begun.

#include "engine/setup.hpp"

#include <cstdint>

namespace quern {

/// Records of the input, by the first megabyte of some of its files. Rank 0's affair: it has the list of files.
std::uint64_t estimated_records(const Setup& setup);

/// The least memory_per_rank with which so many records can be decided by so many ranks: docs/job.md ("Memory").
std::uint64_t least_memory_per_rank(std::uint64_t records, std::uint64_t ranks);

/// Throws Error{plan} when the job's memory_per_rank is less. Rank 0 alone.
void check_memory(const Setup& setup, std::uint64_t ranks);

}  // namespace quern
