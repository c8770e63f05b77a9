#pragma once
// Thresholds that the corpus decides: filters `quantile`.

#include "engine/records.hpp"

#include <optional>

namespace quern {

/// Collective. Removes what is on the wrong side of each quantile, in the order of the job's list: the second is taken over what the first has
/// left. Documents without a value (0 / 0) stay, and are not counted; so do all that are equal to the last one that stays.
void apply_quantiles(Records& records, const Setup& setup, World& world);

/// The less, the rather it stays; kNoQuantileKey of a document without a value.
inline constexpr std::uint64_t kNoQuantileKey = UINT64_MAX;
std::uint64_t quantile_key(const QuantileSpec& spec, double value);
/// Collective. The key of the last one that stays, over the keys of all ranks; nothing when no document has a value.
std::optional<std::uint64_t> last_that_stays(const QuantileSpec& spec, const std::vector<std::uint64_t>& keys, World& world);

}  // namespace quern
