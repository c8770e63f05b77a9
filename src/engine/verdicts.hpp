#pragma once
// What was decided of each record, in the work folder: a run that is gone on with after that need not decide again.

#include "engine/records.hpp"
#include "engine/work_folder.hpp"

namespace quern {

/// Collective. Writes verdict, reason, kept record and similarity of the records at home here, and records that they are complete.
void keep_verdicts(const Records& records, const NearCounts& counts, WorkFolder& work, World& world);

/// Not collective. Fills them in again; for a work folder that has decided. The records may be at home on other ranks than when they were kept.
void read_verdicts(Records& records, const WorkFolder& work);

}  // namespace quern
