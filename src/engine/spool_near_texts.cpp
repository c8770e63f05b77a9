#include "engine/spool_near_texts.hpp"

#include "quern/base/tally.hpp"

namespace quern {

void SpoolNearTexts::rewind() {
  next_unit_ = 0;
  next_offset_ = 0;
  next_record_ = 0;
}

bool SpoolNearTexts::next_batch(SignatureBatch& batch) {
  batch.places.clear();
  batch.band_keys.clear();
  batch.sketches.clear();
  while (batch.places.empty() && next_unit_ < records_.units.size()) {
    const UnitPlace& unit = records_.units[next_unit_];
    const std::uint64_t at = std::max(next_offset_, unit.begin);
    if (at >= unit.end) {
      ++next_unit_;
      next_offset_ = 0;
      continue;
    }
    add(text_.spool().block(unit, at, {.signatures = true}, next_offset_), batch);
  }
  tally.add_documents(batch.places.size(), 0);
  return !batch.places.empty();
}

void SpoolNearTexts::add(const SpoolBlock& block, SignatureBatch& batch) {
  for (const SpoolRow& row : block.rows) {
    const std::size_t record = next_record_++;
    if (candidate_[record] == 0) continue;
    const std::string_view packed = block.signature_of(row);
    batch.places.push_back(place_[record]);
    unpack_band_keys(packed, setup_.job.dedup.near->bands, batch.band_keys);
    batch.sketches.push_back(unpack_sketch(packed));
  }
}

}  // namespace quern
