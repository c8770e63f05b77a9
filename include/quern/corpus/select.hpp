#pragma once
// The k-th of all keys on all ranks, without sorting or gathering them.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace quern {

class World;

struct WeightedKey {
  std::uint64_t key = 0;
  std::uint64_t weight = 1;
};

/// Calls visit(key) for each key of this rank; called several times, with the same keys each time.
using KeyVisit = std::function<void(const WeightedKey&)>;
using ForEachKey = std::function<void(const KeyVisit&)>;

/// Collective. The least key such that all keys that are not above it weigh at least `target` together; nothing when all keys together weigh
/// less. The same on every rank, whatever rank holds which key. Radix select on 16 bits at a time: four passes over the local keys, four
/// sums of 512 KiB over the ranks.
std::optional<std::uint64_t> select_key(const ForEachKey& keys, std::uint64_t target, World& world);

}  // namespace quern
