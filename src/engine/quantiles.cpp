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
constexpr std::uint64_t kNoValue = UINT64_MAX;

/// For each record at home its key: the least stay. kNoValue: it is not asked.
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
        const double value = records.is_alive(keys.size()) ? of_row.signal(place) : NAN;
        const std::uint64_t key = order_key(value);
        if (std::isnan(value)) keys.push_back(kNoValue);
        else keys.push_back(spec.keep_bottom_ppm != 0 ? key : kNoValue - 1 - key);
      }
      beat();
    });
  }
  return keys;
}

void apply(const QuantileSpec& spec, Records& records, const Setup& setup, World& world) {
  const std::vector<std::uint64_t> keys = keys_of(records, spec, setup);
  std::uint64_t asked = 0;
  for (const std::uint64_t key : keys) asked += key != kNoValue ? 1 : 0;
  const std::uint64_t share = std::max(spec.keep_top_ppm, spec.keep_bottom_ppm);
  const auto target = static_cast<std::uint64_t>((static_cast<Uint128>(world.sum(asked)) * share + kMillion - 1) / kMillion);
  const auto visit_all = [&](const KeyVisit& visit) {
    for (const std::uint64_t key : keys) {
      if (key != kNoValue) visit({key, 1});
    }
  };
  const auto last = select_key(visit_all, target, world);
  for (std::size_t i = 0; i < keys.size() && last; ++i) {
    if (keys[i] == kNoValue || keys[i] <= *last) continue;
    records.verdict[i] = Verdict::removed;
    records.reason[i] = Reason::quantile;
  }
}

}  // namespace

void apply_quantiles(Records& records, const Setup& setup, World& world) {
  for (const FilterSpec& filter : setup.job.filter) {
    if (const auto* quantile = std::get_if<QuantileSpec>(&filter)) apply(*quantile, records, setup, world);
  }
}

}  // namespace quern
