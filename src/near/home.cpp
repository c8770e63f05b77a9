#include "near/home.hpp"

#include "near/place.hpp"
#include "quern/comm/exchange.hpp"

namespace quern {

namespace {

struct SketchRow {
  Place48 place;
  Sketch sketch;
};

}  // namespace

Home::Home(NearTexts& texts, const NearHome& home, World& world)
    : texts_(texts),
      home_(home),
      first_(home.starts[static_cast<std::size_t>(world.rank())]),
      end_(home.starts[static_cast<std::size_t>(world.rank()) + 1]),
      slots_(home.places, first_, end_ - first_) {}

void Home::find_slots_in_buckets(const Buckets& buckets, std::size_t buffer_bytes, World& world) {
  std::vector<bool> in_bucket(size(), false);
  std::size_t next = 0;
  exchange_rows<Place48>(
      buffer_bytes,
      [&](Outbox<Place48>& outbox) {
        for (; next < buckets.members.size() && !outbox.full(); ++next) outbox.add(rank_of(buckets.members[next]), buckets.members[next]);
        return next < buckets.members.size();
      },
      [&](std::span<const Place48> came) {
        for (const Place48 member : came) in_bucket[slot_of(member)] = true;
      },
      world);
  std::vector<std::uint64_t> slots;
  for (std::size_t slot = 0; slot < size(); ++slot) {
    if (in_bucket[slot]) slots.push_back(slot);
  }
  in_bucket_ = BitRank(slots, 0, size());
}

void Home::fetch_sketches(const Buckets& buckets, std::size_t budget_bytes, World& world) {
  const std::size_t buffer_bytes = budget_bytes / 16;
  find_slots_in_buckets(buckets, buffer_bytes, world);
  const std::size_t documents = in_bucket_.count_below(size());
  if (world.max(documents) * sizeof(Sketch) > budget_bytes / 4) return;
  sketches_.resize(documents);
  SignatureBatch batch;
  std::size_t next = 0;
  texts_.rewind();
  exchange_rows<SketchRow>(
      buffer_bytes,
      [&](Outbox<SketchRow>& outbox) {
        while (!outbox.full()) {
          if (next == batch.places.size()) {
            next = 0;
            if (!texts_.next_batch(batch)) return false;
            continue;
          }
          outbox.add(rank_of(batch.places[next]), {batch.places[next], batch.sketches[next]});
          ++next;
        }
        return true;
      },
      [&](std::span<const SketchRow> rows) {
        for (const SketchRow& row : rows) {
          const std::size_t slot = slot_of(row.place);
          if (in_bucket_.has(slot)) sketches_[in_bucket_.count_below(slot)] = row.sketch;
        }
      },
      world);
}

}  // namespace quern
