#include "near/cover_owner.hpp"

namespace quern {

CoverOwner::CoverOwner(const Buckets& buckets, const Home& home)
    : buckets_(buckets), home_(home), pairs_(buckets, home), states_(buckets.count()), flags_(buckets.members.size(), 0) {
  for (std::size_t b = 0; b < states_.size(); ++b) {
    states_[b].next = buckets.start[b];
    queue_.push_back(b);
  }
}

void CoverOwner::advance() {
  for (const std::size_t bucket : queue_) advance(bucket);
  queue_.clear();
}

void CoverOwner::advance(std::size_t bucket) {
  Bucket& state = states_[bucket];
  state.queued = false;
  const std::uint64_t end = buckets_.start[bucket + 1];
  for (; state.next < end; ++state.next) {
    tell_complete(state.next);
    if (!decided(state.next)) return;
    if ((flags_[state.next] & kRemoved) != 0) continue;
    pairs_.add_leader(state.next);
    state.last_leader = buckets_.members[state.next];
    if (++state.leaders == kLeadersPerBucket) {
      for (std::uint64_t row = state.next + 1; row < end; ++row) tell_complete(row);
      state.next = end;
      return;
    }
  }
}

void CoverOwner::tell_complete(std::uint64_t row) {
  if ((flags_[row] & kTold) != 0) return;
  flags_[row] |= kTold;
  if (!decided(row)) complete_.push_back(row);
}

bool CoverOwner::produce(Outbox<Pair>& outbox) {
  for (; !complete_.empty(); complete_.pop_back()) {
    if (outbox.full()) return true;
    const Place48 member = buckets_.members[complete_.back()];
    outbox.add(home_.rank_of(member), {member, member});
  }
  return pairs_.produce(outbox, [&](std::uint64_t row) { return (flags_[row] & kClosed) != 0; });
}

void CoverOwner::apply(const Status& status) {
  const std::uint64_t row = status.row;
  const std::size_t bucket = buckets_.bucket_of(row);
  Bucket& state = states_[bucket];
  flags_[row] |= status.kept ? kKept : kRemoved;
  // The bucket names its leaders in ascending order: one that comes later than the keeper can no longer become the earliest.
  if (!status.kept && state.leaders > 0 && status.keeper <= state.last_leader) flags_[row] |= kClosed;
  if (state.next == row && !state.queued) {
    state.queued = true;
    queue_.push_back(bucket);
  }
}

std::vector<std::uint64_t> CoverOwner::residue() const {
  std::vector<std::uint64_t> all;
  for (std::size_t b = 0; b < states_.size(); ++b) {
    const std::size_t head = all.size();
    all.insert(all.end(), {states_[b].leaders, 0});
    for (std::uint64_t row = states_[b].next; row < buckets_.start[b + 1]; ++row) {
      if (!decided(row)) all.push_back(buckets_.members[row]);
    }
    all[head + 1] = all.size() - head - 2;
    if (all[head + 1] == 0) all.resize(head);
  }
  return all;
}

}  // namespace quern
