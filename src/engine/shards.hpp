#pragma once
// The tokens of a run into the files of layout `sharded`: each written by one rank, whole, and recorded when it is durable.

#include "engine/ordered_documents.hpp"
#include "engine/records.hpp"
#include "engine/setup.hpp"
#include "engine/work_folder.hpp"
#include "quern/dataset/dataset.hpp"

#include <string>
#include <vector>

namespace quern {

/// Where the tokens are.
struct TokenSource {
  const std::string& phase;             ///< of the spool
  const std::vector<UnitPlace>& units;  ///< at home here, in input order
  const Records& records;
  std::uint64_t first_token = 0;        ///< in /data, of the documents at home here
  const OrderedDocuments* ordered = nullptr;  ///< none: the documents go out as they come in
};

/// Collective. Writes the shards of `cut` into the folder, but for those that lie there as an earlier attempt has recorded them. Returns all of them on
/// every rank; nothing when the run is told to end before it is through.
std::vector<Shard> write_shards(const std::string& folder, const ShardCut& cut, const Provenance& provenance, const TokenSource& source,
                                const Setup& setup, WorkFolder& work, World& world);

}  // namespace quern
