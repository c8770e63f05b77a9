#pragma once
// Whether two data sets hold the same, and if not, in what they differ.

#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"

#include <iosfwd>

namespace quern {

/// Collective; rank 0 reads, and prints what differs: versions, counts, the first records and the first document of other tokens. Whether
/// both hold the same, on all ranks: content digests, and seals unless versions or jobs are the reason that they differ.
/// Cost: two digests are compared; only where they differ, ledgers and tokens are read up to the first differences.
bool compare_datasets(const DatasetReader& before, const DatasetReader& now, std::ostream& out, World& world);

}  // namespace quern
