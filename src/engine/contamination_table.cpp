#include "engine/contamination_table.hpp"

#include "engine/extras.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/store/file.hpp"

#include <fmt/format.h>

namespace quern {

namespace {

std::string rows_at_home(const Records& records, const ContaminationIndex& index, const Setup& setup) {
  std::string rows;
  std::vector<ItemMatch> matches;
  SpoolReader spool(setup.spool_home, records.phase);
  for (const UnitPlace& unit : records.units) {
    spool.for_each_block(unit, {.ids = true, .extras = true}, [&](const SpoolBlock& block) {
      SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
      for (const SpoolRow& row : block.rows) {
        const std::string_view id = ids.next(row), packed = PackedExtras(extras.next(row)).matches();
        if (packed.empty()) continue;
        matches.resize(packed.size() / sizeof(ItemMatch));
        std::memcpy(matches.data(), packed.data(), packed.size());
        rows += contamination_rows(id.empty() ? fmt::format("#{}:{}", row.file, row.offset) : std::string(id), matches, index);
      }
      beat();
    });
  }
  return rows;
}

}  // namespace

void write_contamination_table(const std::string& folder, const Records& records, const ContaminationIndex& index, const Setup& setup, World& world) {
  const std::string path = folder + "/" + kContaminationTable;
  const std::string rows = rows_at_home(records, index, setup);
  const std::uint64_t before = kContaminationHeader.size() + world.exclusive_sum(rows.size());
  if (world.is_root()) File(path, File::Mode::replace, setup.job.output.mode).append(kContaminationHeader);
  world.barrier();
  File file(path, File::Mode::update);
  if (!rows.empty()) file.write_at(before, rows);
  file.sync();
  file.close();
}

}  // namespace quern
