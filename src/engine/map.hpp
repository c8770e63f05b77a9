#pragma once
// The map step: each document read, cleaned, judged, signed and, with a ready vocabulary, tokenized, on whatever rank is free.

#include "engine/document_rules.hpp"
#include "engine/setup.hpp"
#include "engine/work_folder.hpp"
#include "quern/read/reader.hpp"
#include "quern/report/clock.hpp"
#include "quern/store/spool.hpp"

#include <array>
#include <vector>

namespace quern {

struct Mapped {
  std::vector<UnitPlace> places;        ///< all units in input order, on every rank
  Hash128 input_digest;                 ///< of all units
  std::vector<Hash128> file_digests;    ///< of all files, on rank 0
  std::uint64_t raw_text_bytes = 0;     ///< of documents, before clean, all ranks
  std::uint64_t text_bytes_before = 0;  ///< of these, what the work folder had already
  std::array<std::uint64_t, kPassedOver> passed_over = {};  ///< records of web archives that are no documents, all ranks
  PiiCounts pii;  ///< what the steps `pii` have found, all ranks
};

/// Whether the spool holds tokens, which decode to the text, or the text itself.
bool spools_tokens(const Setup& setup);

/// Collective. What each document became lies in the spool afterwards, recorded unit by unit; nothing in it depends on which rank did what.
/// Units that the work folder has already are not read again. `clock` hears when this rank has no more to do.
/// When the run is told to end, some units may be missing in what is returned.
Mapped map_units(const Setup& setup, DocumentRules& rules, WorkFolder& work, StepClock& clock, World& world);

}  // namespace quern
