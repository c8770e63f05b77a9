#pragma once
// Equal keys over the whole corpus: exact duplicates by the hash of their text, and equal sketches.

#include "quern/base/hash.hpp"
#include "quern/comm/world.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// Collective. For each local document, the least place in keep order among all documents, on any rank, that have the same key
/// (its own, if it is the first). Keys go to their owner by all-to-all; a sender combines its equal keys first, so that no key has more than
/// one row per rank there. Key ranges are taken one after another when the rows would not fit `budget_bytes`; the answer is the same.
/// Cost: 24 bytes sent and 8 received per distinct local key.
std::vector<std::uint64_t> least_of_equal(std::span<const Hash128> keys, std::span<const std::uint64_t> places, std::size_t budget_bytes,
                                          World& world);

}  // namespace quern
