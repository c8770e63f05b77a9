#include "engine/untrusted.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace quern {

namespace {

struct Range {
  std::uint64_t file = 0, from = 0, to = 0;
};

/// Calls visit(i, row) for each record at home here.
template <class Visit>
void for_each_row(const Records& records, SpoolReader& spool, Visit visit) {
  std::size_t i = 0;
  for (const UnitPlace& place : records.units) {
    spool.for_each_block(place, {}, [&](const SpoolBlock& block) {
      for (const SpoolRow& row : block.rows) visit(i++, row);
      beat();
    });
  }
}

bool names_range(const Records& records, std::size_t i) {
  return records.verdict[i] == Verdict::quarantined && records.reason[i] == Reason::damage && records.text_hash[i].high < records.text_hash[i].low;
}

std::vector<Range> ranges_at_home(const Records& records, SpoolReader& spool) {
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (names_range(records, i)) ranges.push_back({spool.row(records.ref[i]).file, records.text_hash[i].high, records.text_hash[i].low});
  }
  return ranges;
}

/// Ranges of one file may only touch: they are told in the order of the stream.
bool is_in(const std::vector<Range>& ranges, const SpoolRow& row) {
  const auto behind = std::upper_bound(ranges.begin(), ranges.end(), row, [](const SpoolRow& at, const Range& range) {
    return std::make_tuple(std::uint64_t{at.file}, at.offset) < std::make_tuple(range.file, range.from);
  });
  if (behind == ranges.begin()) return false;
  const Range& range = *std::prev(behind);
  return range.file == row.file && row.offset < range.to;
}

}  // namespace

void distrust(Records& records, SpoolReader& spool, World& world) {
  std::vector<Range> ranges = world.all_gather<Range>(ranges_at_home(records, spool));
  if (ranges.empty()) return;
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return std::tie(a.file, a.from, a.to) < std::tie(b.file, b.from, b.to); });
  for_each_row(records, spool, [&](std::size_t i, const SpoolRow& row) {
    if (records.verdict[i] == Verdict::quarantined || !is_in(ranges, row)) return;
    records.verdict[i] = Verdict::quarantined;
    records.reason[i] = Reason::damage;
    records.text_hash[i] = {};
  });
}

void stop_at_quarantined(const Records& records, SpoolReader& spool, const Setup& setup, World& world) {
  const auto found = std::find(records.verdict.begin(), records.verdict.end(), Verdict::quarantined);
  std::string mine;
  if (found != records.verdict.end()) {
    const auto i = static_cast<std::size_t>(found - records.verdict.begin());
    const SpoolRow row = spool.row(records.ref[i]);
    const std::string message = row.verdict == Verdict::quarantined ? spool.payload(records.ref[i]) : std::string(kDistrusted);
    mine = std::string(as_bytes(std::span<const std::uint32_t>(&row.file, 1)));
    mine += fmt::format("the record at offset {} cannot be taken in: {}: {}", row.offset, name(records.reason[i]), message);
  }
  // In the order of the ranks, which is that of the input; rank 0 knows the files.
  for (const std::string& first : world.gather_bytes(mine)) {
    if (first.empty()) continue;
    std::uint32_t file = 0;
    std::memcpy(&file, first.data(), sizeof file);
    fail(ErrorKind::input, "{}: {}; repair it, or let the job say on_error: quarantine", setup.files.at(file).path, first.substr(sizeof file));
  }
}

}  // namespace quern
