#pragma once
// The tokens of documents that stay, out of one data set into the shards of another.

#include "quern/dataset/dataset.hpp"
#include "quern/dataset/shard_files.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

class DatasetReader;
class World;

/// Tokens that lie side by side in both data sets.
struct TokenRun {
  std::uint64_t first = 0;      ///< in the new /data
  std::uint64_t old_first = 0;  ///< in the old one
  std::uint64_t tokens = 0;
};

/// Collective. `runs`: of this rank, in order; those of all ranks, one after the other, are all tokens of the cut. Each rank writes an equal share of the
/// shards into the folder. Returns all shards on every rank. Memory: 24 bytes for each run in this rank's shards, and about 2 MiB.
std::vector<Shard> rewrite_shards(const DatasetReader& old, const std::vector<TokenRun>& runs, const ShardCut& cut, const Provenance& provenance,
                                  const std::string& folder, World& world);

}  // namespace quern
