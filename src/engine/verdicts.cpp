#include "engine/verdicts.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <cstring>
#include <unordered_map>

namespace quern {

namespace {

constexpr const char* kPhase = "verdicts";
constexpr std::uint64_t kBlockBytes = 1u << 20;

/// Beside verdict and reason, which have their place in a row of the spool.
struct KeptFor {
  std::uint64_t record = kNoRecord;
  Similarity similarity;
};
static_assert(sizeof(KeptFor) == 16);

}  // namespace

void keep_verdicts(const Records& records, const NearCounts& counts, WorkFolder& work, World& world) {
  SpoolWriter spool(work.spool(), kPhase, work.segment(), 0, kBlockBytes);
  std::vector<UnitPlace> places;
  std::size_t i = 0;
  for (const UnitPlace& unit : records.units) {
    spool.begin(unit.unit);
    for (std::uint64_t n = 0; n < unit.records; ++n, ++i) {
      SpoolRow row;
      row.verdict = records.verdict[i];
      row.reason = records.reason[i];
      const KeptFor kept{records.kept[i], records.similarity[i]};
      spool.add(row, {}, {}, as_bytes(std::span<const KeptFor>(&kept, 1)));
    }
    places.push_back(spool.end());
    beat();
  }
  spool.close();
  work.record_all(Mark::judged, std::span<const UnitPlace>(places), world);
  if (world.is_root()) work.record(Mark::decided, std::span<const NearCounts>(&counts, 1));
}

void read_verdicts(Records& records, const WorkFolder& work) {
  std::unordered_map<std::uint64_t, UnitPlace> places;
  for (const UnitPlace& place : work.progress().judged) places.emplace(place.unit, place);
  SpoolReader spool(work.spool(), kPhase);
  std::size_t i = 0;
  for (const UnitPlace& unit : records.units) {
    const auto place = places.find(unit.unit);
    if (place == places.end() || place->second.records != unit.records) {
      fail(ErrorKind::store, "{}: no verdicts for unit {}, though all are recorded: give --restart to begin anew", work.spool().folder, unit.unit);
    }
    spool.for_each_block(place->second, {.payload = true}, [&](const SpoolBlock& block) {
      for (const SpoolRow& row : block.rows) {
        KeptFor kept;
        std::memcpy(&kept, block.payload_of(row).data(), sizeof kept);
        records.verdict[i] = row.verdict;
        records.reason[i] = row.reason;
        records.kept[i] = kept.record;
        records.similarity[i] = kept.similarity;
        ++i;
      }
      beat();
    });
  }
}

}  // namespace quern
