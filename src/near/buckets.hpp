#pragma once
// Band rows of all ranks, grouped by key on the key's owner.

#include "near/place.hpp"
#include "quern/base/bit_rank.hpp"
#include "quern/near/near.hpp"

#include <cstdint>
#include <vector>

namespace quern {

/// Buckets of two and more documents that this rank owns. Row i of bucket b is members[start[b] + i], places ascending.
struct Buckets {
  std::vector<std::uint64_t> start = {0};
  std::vector<Place48> members;

  std::size_t count() const { return start.size() - 1; }
  std::size_t bucket_of(std::uint64_t row) const { return first_rows.count_below(row + 1) - 1; }

  BitRank first_rows;  ///< the starts, for bucket_of(); made when all rows are there
};

/// Collective. A pass covers a range of keys, never a subset of documents, so a bucket is always whole. `all_rows`: about how many rows
/// there are on all ranks, the same number on every rank: passes are made so that a rank's rows take half of the budget.
Buckets collect_buckets(NearTexts& texts, std::uint64_t all_rows, std::size_t budget_bytes, NearCounts& counts, World& world);

}  // namespace quern
