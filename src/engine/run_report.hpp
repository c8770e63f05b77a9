#pragma once
// From what the steps return to the report of a run.

#include "engine/dedup.hpp"
#include "engine/map.hpp"
#include "engine/output.hpp"
#include "engine/tokens.hpp"
#include "quern/report/report.hpp"

namespace quern {

struct RunResults {
  const Setup& setup;
  const Mapped& mapped;
  const Records& records;
  const NearCounts& near;
  const Trained& trained;
  const Written& written;
  const std::string& data;  ///< path of the finished data file
};

/// Collective: on every rank what became of the records of each source. Tokens are right when all documents are tokenized.
std::vector<SourceCounts> counts_by_source(const Records& records, World& world);

/// Collective. Complete on rank 0.
RunReport make_report(const RunResults& results, const StepClock& clock, World& world);

}  // namespace quern
