#pragma once
// The tokens of a run's documents in input order, unit by unit, for the ranks that write their shards.

#include "engine/records.hpp"
#include "engine/shard_plan.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// A unit in the spool, and where its tokens stand in /data.
struct TokenUnit {
  UnitPlace place;
  std::uint64_t first_token = 0;
  std::uint64_t tokens = 0;  ///< of its kept records, with their end-of-text
};

/// What has tokens of this rank's shards, from the first to the last of them.
struct TokenUnits {
  std::vector<TokenUnit> units;    ///< in order of their tokens
  std::vector<Verdict> verdicts;   ///< of all their records, one unit after the other
};

/// Collective. Sends each unit at home here, `units` in order, to the ranks that write shards in which it has tokens. `first_token` in /data is that
/// of the first of them. Memory: a byte for each record of this rank's shards.
TokenUnits token_units(const Records& records, std::span<const UnitPlace> units, std::uint64_t first_token, const ShardPlan& plan, World& world);

}  // namespace quern
