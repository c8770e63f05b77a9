#pragma once
// How much of each source is kept: floors under deduplication, samples, weights and caps.

#include "engine/records.hpp"

namespace quern {

/// Collective. Where deduplication has left less of a source than its floor, the duplicates that come first in keep order come back.
/// `places`: of the records in keep order, before duplicates were removed.
void keep_floors(Records& records, const std::vector<std::uint64_t>& places, const Setup& setup, World& world);

/// Collective. Removes documents of sources that are sampled, have more than their weight allows, or more than their most; in this order.
/// Which documents stay is told by a hash of the text and the job's sample_seed: a smaller sample is a part of every larger one.
void limit_sources(Records& records, const Setup& setup, World& world);

}  // namespace quern
