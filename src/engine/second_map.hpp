#pragma once
// What many documents repeat is taken out of their texts; then the texts are signed and tokenized.

#include "engine/document_rules.hpp"
#include "engine/records.hpp"
#include "engine/work_folder.hpp"

namespace quern {

/// Whether a decision over the whole corpus changes texts, so that they are signed and tokenized only after it.
bool maps_twice(const Job& job);

/// Collective. From the texts of the first map; what each became lies in the spool afterwards, phase "final", recorded unit by unit. Verdicts decided
/// since the first map are in its rows. A document whose text changes is judged again by the filters, and its signals are measured
/// again. When the run is told to end, some units may be missing.
std::vector<UnitPlace> map_again(const Records& records, const Setup& setup, DocumentRules& rules, WorkFolder& work, World& world);

}  // namespace quern
