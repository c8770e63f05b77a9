#pragma once
// A data set made from another one, with fewer documents.

#include "quern/base/verdict.hpp"
#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace quern {

class World;

/// This rank's part of a data set: records, and documents, which need not be theirs.
struct DatasetShare {
  std::uint64_t first_record = 0, end_record = 0;
  std::uint64_t first_document = 0, end_document = 0;
};
DatasetShare share_of(const DatasetReader& data, const World& world);

struct Rewritten {
  Provenance provenance;
  Hash128 digest;
};

/// Collective. Writes `path`: the records of `old` in their order, with the documents of this rank's share that have a reason removed for it.
/// `reasons[d]`: of document first_document + d; none: it stays. All copies of a record must have the
/// same. `provenance` says what made it: job, plan digest and versions; the rest is filled in.
/// In the layout of `old`, with shards of the same number of tokens, beside `path`.
/// Everything is read once, but for the lengths of texts, which are read twice, and tokens of layout `sharded`. Memory: some ten megabytes, and 24 bytes
/// for each gap that is left between tokens of layout `sharded`.
/// A document that others were removed for, as its duplicates, may go: their rows go on naming it.
Rewritten rewrite_dataset(const DatasetReader& old, const DatasetShare& share, std::span<const Reason> reasons, Provenance provenance,
                          const std::string& path, World& world);

}  // namespace quern
