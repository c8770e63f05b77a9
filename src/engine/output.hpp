#pragma once
// The data set from the spool: written aside by all ranks, published by rename.

#include "engine/ordered_documents.hpp"
#include "engine/records.hpp"
#include "engine/setup.hpp"
#include "engine/work_folder.hpp"
#include "quern/dataset/dataset.hpp"

#include <optional>
#include <string>

namespace quern {

struct Written {
  Provenance provenance;
  Hash128 digest;
};

/// Collective. Writes <folder>/data.h5 from the segments of `phase`, where the units at home here lie at `places`; recorded unit by unit.
/// `ordered`: the documents, where they have another order than the input; none: they are taken from the units.
/// Nothing when the run is told to end before it is through.
std::optional<Written> write_dataset(const std::string& folder, const std::string& phase, const std::vector<UnitPlace>& places,
                                     const Records& records, const OrderedDocuments* ordered, const Setup& setup, WorkFolder& work, World& world);

}  // namespace quern
