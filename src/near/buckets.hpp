#pragma once
// Band rows of all ranks, grouped by key on the key's owner.

#include "near/place.hpp"
#include "quern/near/near.hpp"

#include <algorithm>

namespace quern {

/// Buckets of two and more documents that this rank owns. Row i of bucket b is members[start[b] + i], places ascending.
struct Buckets {
  std::vector<std::uint64_t> start = {0};
  std::vector<Place48> members;

  std::size_t count() const { return start.size() - 1; }
  std::size_t bucket_of(std::uint64_t row) const {
    return static_cast<std::size_t>(std::upper_bound(start.begin(), start.end(), row) - start.begin()) - 1;
  }
};

/// Collective. A pass covers a range of keys, never a subset of documents, so a bucket is always whole.
Buckets collect_buckets(NearTexts& texts, std::size_t budget_bytes, NearCounts& counts, World& world);

}  // namespace quern
