#include "near/home.hpp"

#include "near/place.hpp"
#include "quern/comm/exchange.hpp"

namespace quern {

Home::Home(NearTexts& texts, const NearHome& home, std::size_t budget_bytes, World& world)
    : texts_(texts),
      home_(home),
      first_(home.starts[static_cast<std::size_t>(world.rank())]),
      end_(home.starts[static_cast<std::size_t>(world.rank()) + 1]),
      slots_(home.places, first_, end_ - first_) {
  if (world.max(home.places.size()) * sizeof(Sketch) <= budget_bytes / 4) fetch_sketches(budget_bytes / 16, world);
}

void Home::fetch_sketches(std::size_t buffer_bytes, World& world) {
  struct SketchRow {
    Place48 place;
    Sketch sketch;
  };
  sketches_.resize(size());
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
        for (const SketchRow& row : rows) sketches_[slot_of(row.place)] = row.sketch;
      },
      world);
}

}  // namespace quern
