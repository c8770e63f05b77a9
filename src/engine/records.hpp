#pragma once
// The records at home on this rank: equal parts of the corpus, in input order, whoever read them in the map step.

#include "engine/setup.hpp"
#include "quern/base/ledger.hpp"
#include "quern/store/spool.hpp"

#include <string>
#include <vector>

namespace quern {

/// What is decided of a record, and what is needed to decide. About 100 bytes each.
struct Records {
  std::string phase;      ///< of the spool: where the records lie
  bool tokens_are_texts = false;  ///< their payloads are tokens, which decode to the text; else the text itself

  std::vector<std::uint64_t> starts;  ///< [ranks + 1] first record of each rank's part, the same on every rank
  std::uint64_t first = 0;            ///< number of the first record at home here
  std::vector<UnitPlace> units;       ///< at home here, in input order

  std::vector<Verdict> verdict;
  std::vector<Reason> reason;
  std::vector<std::uint32_t> text_bytes, tokens, id_bytes;
  std::vector<Hash128> text_hash;
  std::vector<SpoolRef> ref;
  std::vector<std::uint64_t> kept;  ///< record it was removed for
  std::vector<std::uint64_t> keep_key;
  std::vector<std::uint16_t> source;    ///< number in `sources`
  std::vector<std::uint16_t> language;  ///< number in `languages`
  std::vector<std::uint32_t> metadata_bytes;
  std::vector<std::uint32_t> flags;
  std::vector<Similarity> similarity;
  std::vector<std::uint32_t> cluster_size;  ///< records that it stands for, itself included; empty: the job removes no duplicates
  std::vector<std::uint16_t> copies;        ///< of a kept record in the data set; empty: the job repeats none

  // The same on every rank:
  std::vector<std::string> sources;    ///< names: those of the entries, then what records name themselves, sorted
  std::vector<std::string> languages;  ///< labels, sorted; the first is the empty one

  std::size_t size() const { return verdict.size(); }
  /// Neither removed nor quarantined so far.
  bool is_alive(std::size_t i) const { return verdict[i] == Verdict::kept; }
  /// How often it stands in the data set.
  std::uint32_t copies_of(std::size_t i) const { return !is_alive(i) ? 0 : copies.empty() ? 1 : copies[i]; }
  /// The rank at which a record is at home.
  int home_of(std::uint64_t record) const;
};

/// Collective. Gives each rank consecutive units with about the same amount of text, and reads their rows from the spool.
/// Throws Error{input} when the records name more sources than a data set can tell apart.
Records bring_home(const std::vector<UnitPlace>& places, const std::string& phase, const Setup& setup, World& world);

}  // namespace quern
