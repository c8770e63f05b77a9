#include "near/compare.hpp"

#include "near/radix_sort.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/exchange.hpp"

#include <cstdlib>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

bool within_margin(const Similarity& estimate, std::uint64_t threshold_ppm) {
  const auto difference = static_cast<std::int64_t>(estimate.numerator * kMillion) - static_cast<std::int64_t>(estimate.denominator * threshold_ppm);
  return std::abs(difference) <= static_cast<std::int64_t>(kMarginPpm * estimate.denominator);
}

}  // namespace

bool reaches(const Similarity& similarity, std::uint64_t threshold_ppm) {
  return static_cast<Uint128>(similarity.numerator) * kMillion >= static_cast<Uint128>(similarity.denominator) * threshold_ppm &&
         similarity.denominator > 0;
}

void Comparer::recall(const Home& home, std::size_t buffer_bytes, World& world) {
  if (log_ == nullptr) return;
  std::vector<ExactCheck> batch;
  bool more = true;
  exchange_rows<ExactCheck>(
      buffer_bytes,
      [&](Outbox<ExactCheck>& outbox) {
        while (more && !outbox.full()) {
          if (batch.empty()) more = log_->next_known(batch);
          for (; !batch.empty() && !outbox.full(); batch.pop_back()) outbox.add(home.rank_of(batch.back().member), batch.back());
        }
        return more || !batch.empty();
      },
      [&](std::span<const ExactCheck> came) {
        for (const ExactCheck& check : came) known_.emplace(std::pair(check.leader, check.member), check.similarity);
      },
      world);
}

Similarity Comparer::compare(const Document& leader, const Document& member) {
  ++comparisons;
  const Similarity estimated = estimate(leader.sketch, member.sketch);
  if (!within_margin(estimated, threshold_ppm_)) return estimated;
  ++exact_checks;
  beat();
  if (const auto found = known_.find({leader.place, member.place}); found != known_.end()) return found->second;
  const auto first = sets_.of(leader.ref), second = sets_.of(member.ref);
  const Similarity similarity = jaccard(*first, *second);
  if (log_ != nullptr) log_->keep({leader.place, member.place, similarity});
  return similarity;
}

void Comparer::compare_all(std::vector<Pair> pairs, const Home& home, const std::function<bool(const Pair&, std::size_t)>& wanted,
                           const std::function<void(const Pair&, std::size_t, const Similarity&)>& visit, std::size_t buffer_bytes, World& world) {
  struct Leader {
    Sketch sketch;
    SpoolRef ref;
  };
  std::erase_if(pairs, [&](const Pair& pair) { return !wanted(pair, home.slot_of(pair.member)); });
  // A pair comes from each of the buckets that the two share.
  radix_sort(pairs, [](const Pair& pair) { return std::uint64_t{pair.member}; });
  radix_sort(pairs, [](const Pair& pair) { return std::uint64_t{pair.leader}; });
  const auto same = [](const Pair& a, const Pair& b) { return a.leader == b.leader && a.member == b.member; };
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());

  std::vector<std::uint64_t> names;
  for (const Pair& pair : pairs) {
    if (names.empty() || names.back() != pair.leader) names.push_back(pair.leader);
  }
  const auto leaders = ask<Leader>(
      std::span<const std::uint64_t>(names), [&](std::uint64_t place) { return home.rank_of(place); },
      [&](std::uint64_t place) {
        const std::size_t slot = home.slot_of(place);
        return Leader{home.sketch(slot), home.ref(slot)};
      },
      buffer_bytes, world);
  std::size_t at = 0;
  for (const Pair& pair : pairs) {
    while (names[at] != pair.leader) ++at;
    const std::size_t slot = home.slot_of(pair.member);
    if (!wanted(pair, slot)) continue;
    const Sketch sketch = home.sketch(slot);
    const SpoolRef ref = home.ref(slot);
    visit(pair, slot, compare({pair.leader, leaders[at].sketch, leaders[at].ref}, {pair.member, sketch, ref}));
  }
}

}  // namespace quern
