#include "near/cover.hpp"

#include "near/cover_finish.hpp"
#include "near/cover_home.hpp"
#include "near/cover_owner.hpp"
#include "near/radix_sort.hpp"
#include "quern/base/tally.hpp"

namespace quern {

namespace {

// Real sets are through in 6 to 48 rounds, most of their documents in the first few; what is then left is a matter of chains,
// and one rank that holds them decides them faster than rounds over all ranks.
constexpr std::uint64_t kRoundsBeforeFinish = 8;

void compare_with_leaders(CoverOwner& owner, CoverHome& cover_home, Comparer& comparer, std::size_t buffer_bytes, World& world) {
  owner.advance();
  exchange_rows<Pair>(
      buffer_bytes, [&](Outbox<Pair>& outbox) { return owner.produce(outbox); },
      [&](std::span<const Pair> pairs) { cover_home.take(pairs, comparer, buffer_bytes, world); }, world);
}

void tell_owners(CoverOwner& owner, CoverHome& cover_home, std::size_t buffer_bytes, World& world) {
  exchange_rows<Status>(
      buffer_bytes, [&](Outbox<Status>& outbox) { return cover_home.produce(outbox); },
      [&](std::span<const Status> came) {
        // In the order of the owner's rows each of its tables is read once, from front to back.
        std::vector<Status> rows(came.begin(), came.end());
        radix_sort(rows, [](const Status& status) { return std::uint64_t{status.row}; });
        for (const Status& status : rows) owner.apply(status);
      },
      world);
}

}  // namespace

std::vector<NearVerdict> resolve_cover(const Buckets& buckets, const Home& home, Comparer& comparer, std::size_t budget_bytes,
                                       NearCounts& counts, World& world) {
  const std::size_t buffer_bytes = std::max<std::size_t>(budget_bytes / 64, 1 << 12);
  CoverOwner owner(buckets, home);
  CoverHome cover_home(buckets, home, buffer_bytes, world);
  std::uint64_t undecided = world.sum(cover_home.undecided());
  tally.begin(Stage::near_rounds, cover_home.undecided());
  for (std::uint64_t queued = world.sum(owner.queued()); undecided + queued > 0; ++counts.rounds) {
    compare_with_leaders(owner, cover_home, comparer, buffer_bytes, world);
    if (undecided > 0 && counts.rounds >= kRoundsBeforeFinish && undecided * kFinishBytes <= budget_bytes / 8) {
      counts.gathered = undecided;
      finish_on_root(owner, cover_home, home, comparer, world);
    }
    cover_home.decide();
    tally.rounds.store(counts.rounds + 1, std::memory_order_relaxed);
    tell_owners(owner, cover_home, buffer_bytes, world);
    tally.done.store(tally.total - std::min<std::uint64_t>(tally.total, cover_home.undecided()), std::memory_order_relaxed);
    undecided = world.sum(cover_home.undecided());
    queued = world.sum(owner.queued());
  }
  return cover_home.take_verdicts();
}

}  // namespace quern
