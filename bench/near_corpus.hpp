#pragma once
// Documents that exist as signatures only, with duplicates of known similarity: a corpus of millions without a text.

#include "quern/near/near.hpp"

namespace quern::bench {

/// Which document a document was copied from, and how much of it is the same.
struct Planted {
  std::uint64_t original = kNoPlace;
  std::uint64_t similarity_ppm = 0;
};

/// Document `place` of a corpus with `duplicates_ppm` copies. A copy has another original before it and one of three similarities:
/// 0.95, 0.85 and 0.65.
class SyntheticDocuments {
 public:
  SyntheticDocuments(std::uint64_t documents, std::uint64_t duplicates_ppm, const NearSpec& spec)
      : documents_(documents), duplicates_ppm_(duplicates_ppm), bands_(spec.bands), rows_(spec.rows) {}

  std::uint64_t size() const { return documents_; }
  std::uint32_t bands() const { return bands_; }
  Planted planted(std::uint64_t place) const;
  /// Each hash of a copy agrees with its original's as often as MinHash would have it.
  void sign(std::uint64_t place, Sketch& sketch, std::uint64_t* band_keys) const;
  /// Two hundred shingles, shared with the original up to the similarity.
  void shingles(std::uint64_t place, std::vector<std::uint64_t>& to) const;

 private:
  std::uint64_t documents_;
  std::uint64_t duplicates_ppm_;
  std::uint32_t bands_, rows_;
};

/// This rank's part of it, signed beforehand: what the near step does with signatures is measured, not their making.
class SyntheticTexts final : public NearTexts {
 public:
  SyntheticTexts(const SyntheticDocuments& documents, std::uint64_t first, std::uint64_t end);

  bool next_batch(SignatureBatch& batch) override;
  void rewind() override { next_ = 0; }
  Sketch sketch(const SpoolRef& ref) override { return sketches_[ref.block - first_]; }
  void shingles(const SpoolRef& ref, std::vector<std::uint64_t>& to) override { documents_.shingles(ref.block, to); }

 private:
  const SyntheticDocuments& documents_;
  std::uint64_t first_;
  std::uint64_t next_ = 0;
  std::vector<Sketch> sketches_;
  std::vector<std::uint64_t> band_keys_;
};

}  // namespace quern::bench
