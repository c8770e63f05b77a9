#include "engine/quantiles.hpp"

#include "engine/extras.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/wide.hpp"
#include "quern/corpus/select.hpp"
#include "quern/filter/signals.hpp"

#include <algorithm>
#include <cmath>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;
/// For each record at home its key; of one that is gone none.
std::vector<std::uint64_t> keys_of(const Records& records, const QuantileSpec& spec, const Setup& setup) {
  const std::size_t place = setup.place_of(*spec.signal);
  std::vector<std::uint64_t> keys;
  keys.reserve(records.size());
  SpoolReader spool(setup.spool_home, records.phase);
  for (const UnitPlace& unit : records.units) {
    spool.for_each_block(unit, {.extras = true}, [&](const SpoolBlock& block) {
      SpoolTexts extras(block.extras, &SpoolRow::extra_bytes);
      for (const SpoolRow& row : block.rows) {
        const PackedExtras of_row(extras.next(row));
        keys.push_back(records.is_alive(keys.size()) ? quantile_key(spec, of_row.signal(place)) : kNoQuantileKey);
      }
      beat();
    });
  }
  return keys;
}

void apply(const QuantileSpec& spec, Records& records, const Setup& setup, World& world) {
  const std::vector<std::uint64_t> keys = keys_of(records, spec, setup);
  const auto last = last_that_stays(spec, keys, world);
  for (std::size_t i = 0; i < keys.size() && last; ++i) {
    if (keys[i] == kNoQuantileKey || keys[i] <= *last) continue;
    records.verdict[i] = Verdict::removed;
    records.reason[i] = Reason::quantile;
  }
}

}  // namespace

std::uint64_t quantile_key(const QuantileSpec& spec, double value) {
  if (std::isnan(value)) return kNoQuantileKey;
  return spec.keep_bottom_ppm != 0 ? order_key(value) : kNoQuantileKey - 1 - order_key(value);
}

std::optional<std::uint64_t> last_that_stays(const QuantileSpec& spec, const std::vector<std::uint64_t>& keys, World& world) {
  const auto without = static_cast<std::uint64_t>(std::ranges::count(keys, kNoQuantileKey));
  const std::uint64_t share = std::max(spec.keep_top_ppm, spec.keep_bottom_ppm);
  const auto target = static_cast<std::uint64_t>((static_cast<Uint128>(world.sum(keys.size() - without)) * share + kMillion - 1) / kMillion);
  const auto visit_all = [&](const KeyVisit& visit) {
    for (const std::uint64_t key : keys) {
      if (key != kNoQuantileKey) visit({key, 1});
    }
  };
  return select_key(visit_all, target, world);
}

void apply_quantiles(Records& records, const Setup& setup, World& world) {
  for (const FilterSpec& filter : setup.job.filter) {
    if (const auto* quantile = std::get_if<QuantileSpec>(&filter)) apply(*quantile, records, setup, world);
  }
}

}  // namespace quern
