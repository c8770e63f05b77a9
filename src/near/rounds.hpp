#pragma once
// Pairs on their way from the owners of buckets to the members' homes.

#include "near/buckets.hpp"
#include "near/compare.hpp"
#include "quern/comm/exchange.hpp"

namespace quern {

/// A document is compared with at most this many others of one bucket.
inline constexpr std::uint8_t kLeadersPerBucket = 16;

/// Yields, for each leader row, the pair of it with every later row of its bucket that is not skipped; stops when the outbox is full
/// and goes on there at the next call.
class PairSource {
 public:
  PairSource(const Buckets& buckets, const Home& home) : buckets_(buckets), home_(home) {}

  void add_leader(std::uint64_t row) { leaders_.push_back(row); }

  /// Returns whether there is more.
  template <class Skip>
  bool produce(Outbox<Pair>& outbox, Skip skip) {
    for (; next_leader_ < leaders_.size(); ++next_leader_, next_row_ = 0) {
      const std::uint64_t leader = leaders_[next_leader_];
      const std::uint64_t end = buckets_.start[buckets_.bucket_of(leader) + 1];
      for (next_row_ = std::max(next_row_, leader + 1); next_row_ < end; ++next_row_) {
        if (skip(next_row_)) continue;
        if (outbox.full()) return true;
        const Place48 member = buckets_.members[next_row_];
        outbox.add(home_.rank_of(member), {buckets_.members[leader], member});
      }
    }
    leaders_.clear();
    next_leader_ = 0;
    next_row_ = 0;
    return false;
  }

 private:
  const Buckets& buckets_;
  const Home& home_;
  std::vector<std::uint64_t> leaders_;
  std::size_t next_leader_ = 0;
  std::uint64_t next_row_ = 0;
};

}  // namespace quern
