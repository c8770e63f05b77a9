#pragma once
// From the order of the input to the order of the output: a sort outside memory, over all ranks.

#include "engine/ordered_documents.hpp"
#include "engine/setup.hpp"
#include "engine/work_folder.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quern {

/// Collective. Reads the documents at home here once, in their order, from the segments of `phase`, sends each to the rank in whose part of the
/// output it lies, and writes them there as sorted runs, phase "ordered"; recorded when all ranks are through. Nothing when the run is told to end.
/// Memory: a quarter of memory_per_rank for the run that comes in, a sixteenth for the exchange.
std::optional<OrderedDocuments> order_documents(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units,
                                                const Setup& setup, WorkFolder& work, World& world);

}  // namespace quern
