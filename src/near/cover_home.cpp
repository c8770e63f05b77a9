#include "near/cover_home.hpp"

#include "near/radix_sort.hpp"
#include "quern/base/error.hpp"

namespace quern {

namespace {

#pragma pack(push, 1)
struct MembershipRow {
  Place48 member;
  std::uint32_t owner;
  Place48 row;
};
#pragma pack(pop)

}  // namespace

CoverHome::CoverHome(const Buckets& buckets, const Home& home, std::size_t buffer_bytes, World& world)
    : home_(home), first_(home.size() + 1, 0), states_(home.size(), State::undecided), complete_(home.size(), 0), verdicts_(home.size()) {
  std::vector<MembershipRow> rows;
  std::uint64_t next = 0;
  exchange_rows<MembershipRow>(
      buffer_bytes,
      [&](Outbox<MembershipRow>& outbox) {
        for (; next < buckets.members.size() && !outbox.full(); ++next) {
          outbox.add(home.rank_of(buckets.members[next]), {buckets.members[next], static_cast<std::uint32_t>(world.rank()), next});
        }
        return next < buckets.members.size();
      },
      [&](std::span<const MembershipRow> came) { rows.insert(rows.end(), came.begin(), came.end()); }, world);
  radix_sort(rows, [](const MembershipRow& row) { return std::uint64_t{row.member}; });
  memberships_.reserve(rows.size());
  for (const MembershipRow& row : rows) {
    ++first_[home.slot_of(row.member) + 1];
    memberships_.push_back({row.owner, row.row});
  }
  for (std::size_t i = 0; i < home.size(); ++i) {
    if (first_[i + 1] == 0) states_[i] = State::kept;  // alone in all its buckets
    else ++undecided_;
    first_[i + 1] += first_[i];
  }
}

void CoverHome::take(std::span<const Pair> pairs, Comparer& comparer, std::size_t buffer_bytes, World& world) {
  std::vector<Pair> to_compare;
  for (const Pair& pair : pairs) {
    if (pair.leader != pair.member) {
      to_compare.push_back(pair);
      continue;
    }
    const std::size_t slot = home_.slot_of(pair.member);
    ++complete_[slot];
    touched_.push_back(slot);
  }
  comparer.compare_all(
      std::move(to_compare), home_, [&](const Pair& pair, std::size_t slot) { return pair.leader < verdicts_[slot].keeper; },
      [&](const Pair& pair, std::size_t slot, const Similarity& similarity) {
        if (!comparer.similar(similarity)) return;
        verdicts_[slot] = {pair.leader, similarity};
        touched_.push_back(slot);
      },
      buffer_bytes, world);
}

void CoverHome::decide() {
  for (const std::size_t slot : touched_) {
    if (states_[slot] != State::undecided) continue;
    if (verdicts_[slot].keeper != kNoPlace) settle(slot, State::removed);
    else if (complete_[slot] == memberships(slot).size()) settle(slot, State::kept);
  }
  touched_.clear();
}

void CoverHome::settle(std::size_t slot, State state) {
  states_[slot] = state;
  --undecided_;
  tell_.push_back(slot);
}

bool CoverHome::produce(Outbox<Status>& outbox) {
  for (; !tell_.empty(); tell_.pop_back(), told_ = 0) {
    const std::size_t slot = tell_.back();
    const std::uint64_t keeper = std::min(verdicts_[slot].keeper, Place48::kNone);
    for (const std::span<const Membership> all = memberships(slot); told_ < all.size(); ++told_) {
      if (outbox.full()) return true;
      outbox.add(static_cast<int>(all[told_].owner), {all[told_].row, states_[slot] == State::kept, keeper});
    }
  }
  return false;
}

std::vector<NearVerdict> CoverHome::take_verdicts() {
  for (std::size_t slot = 0; slot < states_.size(); ++slot) {
    const bool named = verdicts_[slot].keeper != kNoPlace;
    if (named != (states_[slot] == State::removed)) {
      fail(ErrorKind::internal, "near duplicates: document at place {} is {} but {} keeper is named", home_.place(slot), named ? "kept" : "removed",
           named ? "a" : "no");
    }
  }
  return std::move(verdicts_);
}

void CoverHome::accept(std::uint64_t place, bool kept) {
  if (home_.is_here(place)) settle(home_.slot_of(place), kept ? State::kept : State::removed);
}

}  // namespace quern
