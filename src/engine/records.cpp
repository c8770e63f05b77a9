#include "engine/records.hpp"

#include "engine/untrusted.hpp"
#include "quern/base/wide.hpp"

#include <algorithm>

namespace quern {

namespace {

// A record without text still costs a row in every step.
constexpr std::uint64_t kWeightOfRecord = 256;

std::uint64_t weight(const UnitPlace& place) { return place.text_bytes + place.records * kWeightOfRecord; }

/// The rank at which each unit is at home: by the middle of the unit on the line of all weights.
std::vector<std::size_t> homes_of(const std::vector<UnitPlace>& places, std::size_t ranks) {
  std::uint64_t total = 0;
  for (const UnitPlace& place : places) total += weight(place);
  std::vector<std::size_t> homes;
  std::uint64_t before = 0;
  for (const UnitPlace& place : places) {
    const Uint128 middle = before + weight(place) / 2;
    homes.push_back(total == 0 ? 0 : std::min(ranks - 1, static_cast<std::size_t>(middle * ranks / total)));
    before += weight(place);
  }
  return homes;
}

void add_rows(const SpoolBlock& block, Records& records) {
  for (std::uint32_t i = 0; i < block.rows.size(); ++i) {
    const SpoolRow& row = block.rows[i];
    records.verdict.push_back(row.verdict);
    records.reason.push_back(row.reason);
    records.text_bytes.push_back(row.text_bytes);
    records.tokens.push_back(row.tokens);
    records.id_bytes.push_back(row.id_bytes);
    records.text_hash.push_back(row.text_hash);
    records.ref.push_back({.block = block.position, .segment = static_cast<std::uint32_t>(block.segment), .row = i});
  }
}

}  // namespace

Records bring_home(const std::vector<UnitPlace>& places, const Setup& setup, World& world) {
  const auto ranks = static_cast<std::size_t>(world.size());
  const std::vector<std::size_t> homes = homes_of(places, ranks);
  Records records;
  records.starts.assign(ranks + 1, 0);
  for (std::size_t u = 0; u < places.size(); ++u) {
    records.starts[homes[u] + 1] += places[u].records;
    if (homes[u] == static_cast<std::size_t>(world.rank())) records.units.push_back(places[u]);
  }
  for (std::size_t r = 0; r < ranks; ++r) records.starts[r + 1] += records.starts[r];
  records.first = records.starts[static_cast<std::size_t>(world.rank())];

  SpoolReader spool(setup.spool_home, "map");
  for (const UnitPlace& place : records.units) {
    spool.for_each_block(place, {}, [&](const SpoolBlock& block) { add_rows(block, records); });
  }
  distrust(records, spool, world);
  if (setup.job.on_error == OnError::stop) stop_at_quarantined(records, spool, setup, world);
  records.kept.assign(records.size(), kNoRecord);
  records.similarity.assign(records.size(), {});
  return records;
}

}  // namespace quern
