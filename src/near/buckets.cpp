#include "near/buckets.hpp"

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/exchange.hpp"


namespace quern {

namespace {

#pragma pack(push, 1)
struct BandRow {
  std::uint64_t key;
  Place48 place;
};
#pragma pack(pop)
static_assert(sizeof(BandRow) == 14);

// A row lies in the send buffer, the receive buffer and the collected rows at once.
constexpr std::size_t kCopies = 3;

/// Equal parts of the key space, independent of the owner, which goes by the key itself.
std::uint64_t pass_of(std::uint64_t key, std::uint64_t passes) {
  return static_cast<std::uint64_t>((static_cast<Uint128>(mix64(key)) * passes) >> 64);
}

std::uint64_t count_rows(NearTexts& texts, World& world) {
  SignatureBatch batch;
  std::uint64_t rows = 0;
  for (texts.rewind(); texts.next_batch(batch);) rows += batch.band_keys.size();
  return world.sum(rows);
}

std::vector<BandRow> rows_of_pass(NearTexts& texts, std::uint64_t pass, std::uint64_t passes, std::size_t buffer_bytes, World& world) {
  std::vector<BandRow> rows;
  SignatureBatch batch;
  std::size_t next = 0;  // band key in the batch
  texts.rewind();
  exchange_rows<BandRow>(
      buffer_bytes,
      [&](Outbox<BandRow>& outbox) {
        while (!outbox.full()) {
          if (next == batch.band_keys.size()) {
            next = 0;
            if (!texts.next_batch(batch)) return false;
            continue;
          }
          const std::uint64_t key = batch.band_keys[next];
          const std::size_t bands = batch.band_keys.size() / batch.places.size();
          if (pass_of(key, passes) == pass) outbox.add(owner_of(key, world.size()), {key, batch.places[next / bands]});
          ++next;
        }
        return true;
      },
      [&](std::span<const BandRow> came) { rows.insert(rows.end(), came.begin(), came.end()); }, world);
  return rows;
}

void append_buckets(std::vector<BandRow>& rows, Buckets& buckets) {
  std::sort(rows.begin(), rows.end(), [](const BandRow& a, const BandRow& b) {
    const std::uint64_t a_key = a.key, b_key = b.key;
    return a_key != b_key ? a_key < b_key : std::uint64_t{a.place} < std::uint64_t{b.place};
  });
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t last = first + 1;
    while (last < rows.size() && rows[last].key == rows[first].key) ++last;
    if (last - first > 1) {
      for (std::size_t i = first; i < last; ++i) buckets.members.push_back(rows[i].place);
      buckets.start.push_back(buckets.members.size());
    }
    first = last;
  }
}

}  // namespace

Buckets collect_buckets(NearTexts& texts, std::size_t budget_bytes, NearCounts& counts, World& world) {
  const std::uint64_t rows_per_rank = count_rows(texts, world) / static_cast<std::uint64_t>(world.size());
  counts.passes = 1 + rows_per_rank * sizeof(BandRow) * kCopies / (budget_bytes / 2);
  Buckets buckets;
  for (std::uint64_t pass = 0; pass < counts.passes; ++pass) {
    std::vector<BandRow> rows = rows_of_pass(texts, pass, counts.passes, budget_bytes / 16, world);
    append_buckets(rows, buckets);
  }
  counts.bucket_rows = world.sum(buckets.members.size());
  return buckets;
}

}  // namespace quern
