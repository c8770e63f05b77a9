#include "quern/near/near.hpp"

#include "near/buckets.hpp"
#include "near/compare.hpp"
#include "near/components.hpp"
#include "near/cover.hpp"
#include "near/home.hpp"
#include "quern/base/tally.hpp"

namespace quern {

std::vector<NearVerdict> remove_near(NearTexts& texts, const NearHome& candidates, const NearSpec& spec, std::size_t budget_bytes,
                                     NearCounts& counts, World& world, CheckLog* log) {
  Home home(texts, candidates, world);
  tally.begin(Stage::near_bands, home.size());
  const Buckets buckets = collect_buckets(texts, world.sum(home.size()) * spec.bands, budget_bytes, counts, world);
  home.fetch_sketches(buckets, budget_bytes, world);
  Comparer comparer(texts, spec, budget_bytes, log);
  comparer.recall(home, budget_bytes / 64, world);
  const auto resolve = spec.resolve == Resolve::cover ? resolve_cover : resolve_components;
  std::vector<NearVerdict> verdicts = resolve(buckets, home, comparer, budget_bytes, counts, world);
  counts.comparisons = world.sum(comparer.comparisons);
  counts.exact_checks = world.sum(comparer.exact_checks);
  return verdicts;
}

}  // namespace quern
