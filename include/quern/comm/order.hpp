#pragma once
// A total order over the records of all ranks.

#include "quern/comm/world.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// Collective. keys[i] belongs to record first_record + i; returns for each local record its place (0, 1, 2, …) in the ascending
/// order of (key, record) over all ranks. Parallel sort by regular sampling (Shi and Schaeffer 1992): O(N/P log N) time,
/// about 40 bytes per local record.
std::vector<std::uint64_t> dense_ranks(std::span<const std::uint64_t> keys, std::uint64_t first_record, std::size_t buffer_bytes, World& world);

}  // namespace quern
