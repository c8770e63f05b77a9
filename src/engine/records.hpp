#pragma once
// The records at home on this rank: equal parts of the corpus, in input order, whoever read them in the map step.

#include "engine/setup.hpp"
#include "quern/base/ledger.hpp"
#include "quern/store/spool.hpp"

#include <vector>

namespace quern {

/// What is decided of a record, and what is needed to decide. About 80 bytes each.
struct Records {
  std::vector<std::uint64_t> starts;  ///< [ranks + 1] first record of each rank's part, the same on every rank
  std::uint64_t first = 0;            ///< number of the first record at home here
  std::vector<UnitPlace> units;       ///< at home here, in input order

  std::vector<Verdict> verdict;
  std::vector<Reason> reason;
  std::vector<std::uint32_t> text_bytes, tokens, id_bytes;
  std::vector<Hash128> text_hash;
  std::vector<SpoolRef> ref;
  std::vector<std::uint64_t> kept;  ///< record it was removed for
  std::vector<Similarity> similarity;

  std::size_t size() const { return verdict.size(); }
};

/// Collective. Gives each rank consecutive units with about the same amount of text, and reads their rows from the spool.
Records bring_home(const std::vector<UnitPlace>& places, const Setup& setup, World& world);

}  // namespace quern
