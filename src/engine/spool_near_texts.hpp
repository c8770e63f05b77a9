#pragma once
// What the near step asks of texts, answered from the spool.

#include "engine/records.hpp"
#include "engine/spooled_text.hpp"
#include "quern/near/near.hpp"

namespace quern {

class SpoolNearTexts final : public NearTexts {
 public:
  /// `candidate[i]`: whether record i at home here takes part; `place[i]`: its place in keep order.
  SpoolNearTexts(const Setup& setup, const Records& records, const std::vector<std::uint8_t>& candidate, const std::vector<std::uint64_t>& place)
      : setup_(setup), records_(records), candidate_(candidate), place_(place), text_(setup, records), signer_(*setup.job.dedup.near) {}

  bool next_batch(SignatureBatch& batch) override;
  void rewind() override;
  Sketch sketch(const SpoolRef& ref) override { return unpack_sketch(text_.spool().signature(ref)); }
  void shingles(const SpoolRef& ref, std::vector<std::uint64_t>& to) override { signer_.shingle_set(text_.at(ref), to); }

 private:
  void add(const SpoolBlock& block, SignatureBatch& batch);

  const Setup& setup_;
  const Records& records_;
  const std::vector<std::uint8_t>& candidate_;
  const std::vector<std::uint64_t>& place_;
  SpooledText text_;
  Signer signer_;
  std::size_t next_unit_ = 0;
  std::uint64_t next_offset_ = 0;  ///< in the segment, of the unit's next block
  std::size_t next_record_ = 0;
};

}  // namespace quern
