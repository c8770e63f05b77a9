#pragma once
// contamination.tsv beside the data set: which document holds parts of which item of an evaluation set.

#include "engine/records.hpp"
#include "quern/corpus/contamination.hpp"

#include <string>

namespace quern {

inline constexpr const char* kContaminationTable = "contamination.tsv";

/// Collective. In input order, of documents that are removed for it too. A document without an id of its own is "#<row of /files>:<offset>".
/// Memory: this rank's lines.
void write_contamination_table(const std::string& folder, const Records& records, const ContaminationIndex& index, const Setup& setup, World& world);

}  // namespace quern
