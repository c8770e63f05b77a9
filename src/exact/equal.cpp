#include "quern/exact/equal.hpp"

#include "quern/base/wide.hpp"
#include "quern/comm/exchange.hpp"

#include <algorithm>
#include <tuple>

namespace quern {

namespace {

struct KeyRow {
  Hash128 key;
  std::uint64_t place = 0;
};

// Rows are held once by the sender and once by the owner, and each copy is packed for the exchange: four copies.
constexpr std::size_t kCopies = 4;

/// The pass that takes a key: equal parts of the space of the low half; the owner goes by the high half, so each pass is balanced.
std::uint64_t pass_of(const Hash128& key, std::uint64_t passes) { return static_cast<std::uint64_t>((static_cast<Uint128>(key.low) * passes) >> 64); }

bool by_key(const KeyRow& a, const KeyRow& b) { return a.key < b.key; }

/// Sorts, and keeps for each key the row with the least place.
void combine(std::vector<KeyRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const KeyRow& a, const KeyRow& b) { return std::tie(a.key, a.place) < std::tie(b.key, b.place); });
  rows.erase(std::unique(rows.begin(), rows.end(), [](const KeyRow& a, const KeyRow& b) { return a.key == b.key; }), rows.end());
}

std::uint64_t find(const std::vector<KeyRow>& combined, const KeyRow& row) {
  return std::lower_bound(combined.begin(), combined.end(), row, by_key)->place;
}

/// The owner's rows of one pass: one per distinct key.
std::vector<KeyRow> rows_of_owner(const std::vector<KeyRow>& mine, std::size_t buffer_bytes, World& world) {
  std::vector<KeyRow> owned;
  std::size_t next = 0;
  exchange_rows<KeyRow>(
      buffer_bytes,
      [&](Outbox<KeyRow>& outbox) {
        for (; next < mine.size() && !outbox.full(); ++next) outbox.add(owner_of(mine[next].key.high, world.size()), mine[next]);
        return next < mine.size();
      },
      [&](std::span<const KeyRow> came) { owned.insert(owned.end(), came.begin(), came.end()); }, world);
  combine(owned);
  return owned;
}

}  // namespace

std::vector<std::uint64_t> least_of_equal(std::span<const Hash128> keys, std::span<const std::uint64_t> places, std::size_t budget_bytes,
                                          World& world) {
  std::vector<std::uint64_t> least(keys.size());
  const std::size_t buffer_bytes = std::max<std::size_t>(budget_bytes / 8, 1 << 12);
  const std::uint64_t passes = 1 + world.max(keys.size()) * sizeof(KeyRow) * kCopies / std::max<std::size_t>(budget_bytes, 1);
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    std::vector<KeyRow> mine;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (pass_of(keys[i], passes) == pass) mine.push_back({keys[i], places[i]});
    }
    combine(mine);
    const std::vector<KeyRow> owned = rows_of_owner(mine, buffer_bytes, world);
    const auto answers = ask<std::uint64_t>(
        std::span<const KeyRow>(mine), [&](const KeyRow& row) { return owner_of(row.key.high, world.size()); },
        [&](const KeyRow& row) { return find(owned, row); }, buffer_bytes, world);
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i].place = answers[i];
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (pass_of(keys[i], passes) == pass) least[i] = find(mine, {keys[i], 0});
    }
  }
  return least;
}

}  // namespace quern
