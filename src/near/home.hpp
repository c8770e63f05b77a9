#pragma once
// The candidates at home on this rank: where they lie and their sketches.

#include "near/buckets.hpp"
#include "quern/base/bit_rank.hpp"
#include "quern/near/near.hpp"

#include <algorithm>

namespace quern {

class Home {
 public:
  Home(NearTexts& texts, const NearHome& home, World& world);

  /// Collective: brings the sketch of every document in a bucket to its home, unless they would take more than a quarter of the budget.
  void fetch_sketches(const Buckets& buckets, std::size_t budget_bytes, World& world);

  std::size_t size() const { return home_.places.size(); }
  std::uint64_t place(std::size_t slot) const { return home_.places[slot]; }
  const SpoolRef& ref(std::size_t slot) const { return home_.refs[slot]; }
  /// Of a document in a bucket.
  Sketch sketch(std::size_t slot) const {
    return sketches_.empty() ? texts_.sketch(home_.refs[slot]) : sketches_[in_bucket_.count_below(slot)];
  }
  bool is_here(std::uint64_t place) const { return first_ <= place && place < end_; }
  /// Of a candidate at home here.
  std::size_t slot_of(std::uint64_t place) const { return slots_.count_below(place - first_); }
  int rank_of(std::uint64_t place) const {
    return static_cast<int>(std::upper_bound(home_.starts.begin(), home_.starts.end(), place) - home_.starts.begin()) - 1;
  }

 private:
  void find_slots_in_buckets(const Buckets& buckets, std::size_t buffer_bytes, World& world);

  NearTexts& texts_;
  const NearHome& home_;
  std::uint64_t first_, end_;  ///< this rank's part of the keep order
  BitRank slots_;
  BitRank in_bucket_;  ///< slots
  std::vector<Sketch> sketches_;
};

}  // namespace quern
