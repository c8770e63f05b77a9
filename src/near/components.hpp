#pragma once
// `components`: connected components of the verified pairs, run to convergence, over all ranks.

#include "near/buckets.hpp"
#include "near/compare.hpp"
#include "near/home.hpp"

namespace quern {

/// Collective. One verdict per candidate at home here: the keeper is the first document of its component in keep order.
std::vector<NearVerdict> resolve_components(const Buckets& buckets, const Home& home, Comparer& comparer, std::size_t budget_bytes,
                                            NearCounts& counts, World& world);

/// Collective. For each candidate at home here the least place of its component. Each pair is an edge; pairs may lie on any rank.
/// Hooking of roots to smaller ones and pointer jumping (Shiloach and Vishkin 1982): O(log n) rounds.
std::vector<std::uint64_t> connected_components(std::vector<Pair> edges, const Home& home, std::size_t buffer_bytes, NearCounts& counts,
                                                World& world);

}  // namespace quern
