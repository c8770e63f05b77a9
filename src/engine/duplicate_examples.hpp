#pragma once
// Pairs of a kept document and one removed for it, with their texts, for the report.

#include "engine/records.hpp"
#include "quern/report/examples.hpp"
#include "quern/report/figures.hpp"

#include <vector>

namespace quern {

/// Collective. `data` is what the run has written. At most `report.examples` pairs, the same at any number of ranks, complete on rank 0:
/// a third of them from the largest clusters, the rest by a hash of the record number, of these a quarter `exact`. Texts come from the spool. Cost: a look at each record at home and two
/// reads of the spool for each pair; memory: 128 kB for each pair on rank 0.
std::vector<DuplicateExample> duplicate_examples(const Records& records, const DatasetReader& data, const ClusterFigures& clusters, const Setup& setup,
                                                 World& world);

}  // namespace quern
