#include "quern/comm/order.hpp"

#include "quern/comm/exchange.hpp"

#include <algorithm>
#include <compare>

namespace quern {

namespace {

constexpr std::size_t kSamplesPerRank = 64;

struct Keyed {
  std::uint64_t key = 0;
  std::uint64_t record = 0;
  auto operator<=>(const Keyed&) const = default;
};

/// Evenly spaced picks from sorted rows: fewer rows, all of them.
std::vector<Keyed> sample(const std::vector<Keyed>& sorted, std::size_t picks) {
  std::vector<Keyed> chosen;
  const std::size_t n = std::min(picks, sorted.size());
  for (std::size_t i = 0; i < n; ++i) chosen.push_back(sorted[i * sorted.size() / n]);
  return chosen;
}

/// ranks - 1 rows that cut all rows into about equal parts, the same on every rank.
std::vector<Keyed> splitters(const std::vector<Keyed>& sorted, World& world) {
  std::vector<Keyed> all = world.all_gather<Keyed>(sample(sorted, kSamplesPerRank));
  std::sort(all.begin(), all.end());
  std::vector<Keyed> cuts;
  const auto ranks = static_cast<std::size_t>(world.size());
  for (std::size_t r = 1; r < ranks && !all.empty(); ++r) cuts.push_back(all[r * all.size() / ranks]);
  return cuts;
}

}  // namespace

std::vector<std::uint64_t> dense_ranks(std::span<const std::uint64_t> keys, std::uint64_t first_record, std::size_t buffer_bytes, World& world) {
  std::vector<Keyed> rows;
  rows.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) rows.push_back({keys[i], first_record + i});
  std::vector<Keyed> sorted = rows;
  std::sort(sorted.begin(), sorted.end());
  const std::vector<Keyed> cuts = splitters(sorted, world);
  const auto owner = [&](const Keyed& row) { return static_cast<int>(std::upper_bound(cuts.begin(), cuts.end(), row) - cuts.begin()); };

  std::vector<Keyed> part;  // the rows between two cuts, from all ranks
  std::size_t next = 0;
  exchange_rows<Keyed>(
      buffer_bytes,
      [&](Outbox<Keyed>& outbox) {
        for (; next < sorted.size() && !outbox.full(); ++next) outbox.add(owner(sorted[next]), sorted[next]);
        return next < sorted.size();
      },
      [&](std::span<const Keyed> came) { part.insert(part.end(), came.begin(), came.end()); }, world);
  std::sort(part.begin(), part.end());
  const std::uint64_t below = world.exclusive_sum(part.size());
  return ask<std::uint64_t>(
      std::span<const Keyed>(rows), owner,
      [&](const Keyed& row) { return below + static_cast<std::uint64_t>(std::lower_bound(part.begin(), part.end(), row) - part.begin()); },
      buffer_bytes, world);
}

}  // namespace quern
