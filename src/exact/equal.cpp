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

/// A row and the document it stands for.
struct LocalRow {
  Hash128 key;
  std::uint64_t place = 0;
  std::uint64_t document = 0;
};

// The sender's rows and those it sends, the owner's rows, and copies on their way: about as much as five rows.
constexpr std::size_t kCopies = 5;

/// The pass that takes a key: equal parts of the space of the low half; the owner goes by the high half, so each pass is balanced.
std::uint64_t pass_of(const Hash128& key, std::uint64_t passes) { return static_cast<std::uint64_t>((static_cast<Uint128>(key.low) * passes) >> 64); }

bool by_key(const KeyRow& a, const KeyRow& b) { return a.key < b.key; }

template <class Row>
void sort_by_key_and_place(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::tie(a.key, a.place) < std::tie(b.key, b.place); });
}

/// For each key the row with the least place.
template <class Row>
std::vector<KeyRow> first_of_each(const std::vector<Row>& sorted) {
  std::vector<KeyRow> first;
  for (const Row& row : sorted) {
    if (first.empty() || first.back().key != row.key) first.push_back({row.key, row.place});
  }
  return first;
}

/// This rank's rows of one pass, by key and place.
std::vector<LocalRow> rows_of_pass(std::span<const Hash128> keys, std::span<const std::uint64_t> places, std::uint64_t pass,
                                   std::uint64_t passes) {
  std::vector<LocalRow> rows;
  if (passes == 1) rows.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (pass_of(keys[i], passes) == pass) rows.push_back({keys[i], places[i], i});
  }
  sort_by_key_and_place(rows);
  return rows;
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
  sort_by_key_and_place(owned);
  return first_of_each(owned);
}

}  // namespace

std::vector<std::uint64_t> least_of_equal(std::span<const Hash128> keys, std::span<const std::uint64_t> places, std::size_t budget_bytes,
                                          World& world) {
  std::vector<std::uint64_t> least(keys.size());
  const std::size_t buffer_bytes = std::max<std::size_t>(budget_bytes / 8, 1 << 12);
  const std::uint64_t passes = 1 + world.max(keys.size()) * sizeof(KeyRow) * kCopies / std::max<std::size_t>(budget_bytes, 1);
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    const std::vector<LocalRow> rows = rows_of_pass(keys, places, pass, passes);
    const std::vector<KeyRow> mine = first_of_each(rows);
    const std::vector<KeyRow> owned = rows_of_owner(mine, buffer_bytes, world);
    const auto answers = ask<std::uint64_t>(
        std::span<const KeyRow>(mine), [&](const KeyRow& row) { return owner_of(row.key.high, world.size()); },
        [&](const KeyRow& row) { return find(owned, row); }, buffer_bytes, world);
    std::size_t at = 0;
    for (const LocalRow& row : rows) {
      while (mine[at].key != row.key) ++at;
      least[row.document] = answers[at];
    }
  }
  return least;
}

}  // namespace quern
