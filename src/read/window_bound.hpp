#pragma once
// How large the window of a zstd frame may be.

#include "quern/base/job.hpp"

#include <algorithm>

namespace quern {

inline std::uint64_t window_bound(const Job& job) {
  // zstd's own levels 1 to 19 need at most 8 MiB: they can be read whatever the memory.
  constexpr std::uint64_t kSmallest = 8u << 20;
  return std::max(kSmallest, job.memory_per_rank / 2);
}

}  // namespace quern
