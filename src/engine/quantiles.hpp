#pragma once
// Thresholds that the corpus decides: filters `quantile`.

#include "engine/records.hpp"

namespace quern {

/// Collective. Removes what is on the wrong side of each quantile, in the order of the job's list: the second is taken over what the first has
/// left. Documents without a value (0 / 0) stay, and are not counted; so do all that are equal to the last one that stays.
void apply_quantiles(Records& records, const Setup& setup, World& world);

}  // namespace quern
