#pragma once
// `cover`, defined sequentially, computed in rounds: each bucket whose earlier members are decided names its next kept document.

#include "near/buckets.hpp"
#include "near/compare.hpp"
#include "near/home.hpp"

namespace quern {

/// Collective. One verdict per candidate at home here.
std::vector<NearVerdict> resolve_cover(const Buckets& buckets, const Home& home, Comparer& comparer, std::size_t budget_bytes,
                                       NearCounts& counts, World& world);

}  // namespace quern
