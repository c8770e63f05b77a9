#pragma once
// Duplicates over the whole corpus: exact ones, equal sketches, near ones; and what that means for each record.

#include "engine/records.hpp"
#include "engine/work_folder.hpp"
#include "quern/near/near.hpp"

namespace quern {

/// Collective. Sets verdict, reason, kept and similarity of the records that are removed as duplicates.
NearCounts remove_duplicates(Records& records, const Setup& setup, WorkFolder& work, World& world);

}  // namespace quern
