#pragma once
// What the journal of a work folder says is done (docs/formats/work-folder.md).

#include "engine/document_offsets.hpp"
#include "quern/base/error.hpp"
#include "quern/base/job/pii.hpp"
#include "quern/near/near.hpp"
#include "quern/plan/plan_record.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/journal.hpp"
#include "quern/store/spool.hpp"
#include "quern/write/dataset_writer.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// Kinds of batches in the journal.
enum class Mark : std::uint32_t {
  plan = 1,    ///< a PlanRecord as JSON: the first batch, once
  attempt,     ///< u64: number of ranks of a run that begins or goes on
  mapped,      ///< MappedUnit[]
  checked,     ///< UnitPlace[] in the segments of phase "checks": exact checks of pairs, some of all
  judged,      ///< UnitPlace[] in the segments of phase "verdicts"
  decided,     ///< NearCounts: the verdicts are complete
  vocabulary,  ///< u64[2] (distinct words, words left out), then the trained tokenizer.json
  tokenized,   ///< UnitPlace[] in the segments of phase "tokens"
  shaped,      ///< empty: the data file aside has all its datasets
  written,     ///< WrittenUnit[]
  mapped_again,  ///< UnitPlace[] in the segments of phase "final"
  ordered,       ///< OrderedRun[] in the segments of phase "ordered", of all ranks
  digests,     ///< PieceDigest[] of units that the batch behind it says are mapped
  sharded,     ///< Shard[]: files of layout `sharded` beside the data file
};

/// A unit whose documents lie in the spool.
struct MappedUnit {
  UnitPlace place;
  std::uint64_t raw_text_bytes = 0;  ///< of documents, before clean
  Hash128 input_digest;              ///< of the bytes on disk of its pieces, one after the other
  std::uint64_t piece_first = 0;     ///< of a unit that is a piece of a cut file: where its records were found to begin
  std::uint64_t piece_end = 0;       ///< and end, in the decompressed file
  std::array<std::uint64_t, kPassedOver> passed_over = {};  ///< records of web archives that are no documents
  PiiCounts pii;                     ///< what the steps `pii` have found
};

/// Parts of the output that are not units of the input are numbered from here.
inline constexpr std::uint64_t kFirstPart = std::uint64_t{1} << 63;
/// What a unit was read of: a piece of an input file, as it lies on disk.
struct PieceDigest {
  std::uint64_t unit = 0;
  std::uint64_t file = 0;
  Hash128 digest;  ///< a sum: those of all pieces of a file make the digest of the file
};

/// A unit whose rows are in the data file, and what they add to its sums.
struct WrittenUnit {
  std::uint64_t unit = 0;
  DatasetPart part;
  Hash128 digest;
};

/// What the journal says is done: the same on every rank.
struct Progress {
  std::vector<MappedUnit> mapped;
  std::vector<PieceDigest> digests;  ///< of the units in `mapped`, and of some that were given up
  std::vector<UnitPlace> mapped_again, checked, judged, tokenized;
  std::optional<NearCounts> decided;
  std::optional<std::string> vocabulary;  ///< payload as in Mark::vocabulary
  std::uint64_t shaped_epoch = 0;  ///< of the attempt that has given the data file its columns; 0: none
  std::vector<WrittenUnit> written;
  std::vector<OrderedRun> ordered;
  std::vector<Shard> shards;

  /// Of the input; the others that are written are parts of the ordered documents.
  std::size_t units_written() const;
  /// The documents must be put in order anew: into other parts, maybe.
  void forget_order();
};

std::string journal_path(const std::string& folder);

/// The rows of a batch. Throws Error{store} when it holds no whole number of them.
template <class Row>
std::vector<Row> rows_of(const std::string& payload) {
  if (payload.size() % sizeof(Row) != 0) {
    fail(ErrorKind::store, "a batch of the journal has {} bytes, no multiple of {}: give --restart to begin anew", payload.size(), sizeof(Row));
  }
  std::vector<Row> rows(payload.size() / sizeof(Row));
  if (!rows.empty()) std::memcpy(rows.data(), payload.data(), payload.size());
  return rows;
}

/// The row of a batch that has one.
template <class Row>
Row row_of(const std::string& payload) {
  const std::vector<Row> rows = rows_of<Row>(payload);
  if (rows.size() != 1) fail(ErrorKind::store, "a batch of the journal has {} rows in place of one: give --restart to begin anew", rows.size());
  return rows.front();
}

Progress progress_of(const JournalContents& contents);
/// The plan that the folder was begun with. Throws Error{store} when the journal has none.
PlanRecord plan_of(const JournalContents& contents);
/// Ranks of all attempts: so many segment numbers are taken.
std::uint64_t ranks_of_attempts(const JournalContents& contents);

/// The batches in one string, for the other ranks.
std::string pack(const std::vector<JournalBatch>& batches);
std::vector<JournalBatch> unpack_batches(const std::string& bytes);

}  // namespace quern
