#include "near/compare.hpp"

#include "near/radix_sort.hpp"
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

Similarity Comparer::compare(const Sketch& a, const SpoolRef& a_ref, const Sketch& b, const SpoolRef& b_ref) {
  ++comparisons;
  const Similarity estimated = estimate(a, b);
  if (!within_margin(estimated, threshold_ppm_)) return estimated;
  ++exact_checks;
  const auto first = sets_.of(a_ref), second = sets_.of(b_ref);
  return jaccard(*first, *second);
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
    visit(pair, slot, compare(leaders[at].sketch, leaders[at].ref, home.sketch(slot), home.ref(slot)));
  }
}

}  // namespace quern
