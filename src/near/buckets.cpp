#include "near/buckets.hpp"

#include "near/band_rows.hpp"
#include "quern/base/hash.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/exchange.hpp"


namespace quern {

namespace {

/// Equal parts of the key space, independent of the owner, which goes by the key itself.
std::uint64_t pass_of(std::uint64_t key, std::uint64_t passes) {
  return static_cast<std::uint64_t>((static_cast<Uint128>(mix64(key)) * passes) >> 64);
}

void collect_pass(NearTexts& texts, std::uint64_t pass, std::uint64_t passes, std::size_t buffer_bytes, BandRows& rows, World& world) {
  SignatureBatch batch;
  std::size_t next = 0;  // document in the batch
  std::size_t band = 0;
  texts.rewind();
  exchange_rows<BandRow>(
      buffer_bytes,
      [&](Outbox<BandRow>& outbox) {
        for (;; ++next, band = 0) {
          if (next == batch.places.size()) {
            next = 0;
            if (!texts.next_batch(batch)) return false;
          }
          const std::size_t bands = batch.band_keys.size() / batch.places.size();
          for (; band < bands; ++band) {
            if (outbox.full()) return true;
            const std::uint64_t key = batch.band_keys[next * bands + band];
            if (passes == 1 || pass_of(key, passes) == pass) outbox.add(owner_of(key, world.size()), {key, batch.places[next]});
          }
        }
      },
      [&](std::span<const BandRow> came) { rows.add(came); }, world);
}

}  // namespace

Buckets collect_buckets(NearTexts& texts, std::uint64_t all_rows, std::size_t budget_bytes, NearCounts& counts, World& world) {
  const std::uint64_t rows_per_rank = all_rows / static_cast<std::uint64_t>(world.size());
  counts.passes = 1 + rows_per_rank * sizeof(BandRow) / (budget_bytes / 2);
  tally.total.store(tally.total * (counts.passes + 1), std::memory_order_relaxed);  // the sketches are read once more
  BandRows rows(rows_per_rank / counts.passes);
  Buckets buckets;
  for (std::uint64_t pass = 0; pass < counts.passes; ++pass) {
    collect_pass(texts, pass, counts.passes, budget_bytes / 16, rows, world);
    rows.group(buckets);
  }
  buckets.first_rows = BitRank(std::span(buckets.start).first(buckets.count()), 0, buckets.members.size());
  counts.bucket_rows = world.sum(buckets.members.size());
  return buckets;
}

}  // namespace quern
