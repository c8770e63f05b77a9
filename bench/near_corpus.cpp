#include "near_corpus.hpp"

#include "quern/base/hash.hpp"

#include <algorithm>

namespace quern::bench {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kShingles = 200;
constexpr std::uint64_t kBatch = 4096;
constexpr std::uint64_t kSimilarities[] = {950'000, 850'000, 650'000};

/// Random numbers by what they are for, and of whom.
std::uint64_t draw(std::uint64_t purpose, std::uint64_t place, std::uint64_t k = 0) { return mix64(mix64(mix64(purpose) + place) + k); }

}  // namespace

Planted SyntheticDocuments::planted(std::uint64_t place) const {
  if (place == 0 || draw(1, place) % kMillion >= duplicates_ppm_) return {};
  // Of an original, not of a copy: the walk ends, for place 0 is one.
  std::uint64_t original = draw(2, place) % place;
  while (original > 0 && draw(1, original) % kMillion < duplicates_ppm_) --original;
  return {original, kSimilarities[draw(3, place) % std::size(kSimilarities)]};
}

void SyntheticDocuments::sign(std::uint64_t place, Sketch& sketch, std::uint64_t* band_keys) const {
  const Planted from = planted(place);
  const auto is_shared = [&](std::uint64_t k) { return from.original != kNoPlace && draw(4, place, k) % kMillion < from.similarity_ppm; };
  for (std::size_t k = 0; k < sketch.size(); ++k) sketch[k] = static_cast<std::uint8_t>(draw(5, is_shared(k) ? from.original : place, k));
  for (std::uint64_t band = 0; band < bands_; ++band) {
    bool shared = true;
    for (std::uint64_t k = band * rows_; k < (band + 1) * rows_; ++k) shared = shared && is_shared(k);
    band_keys[band] = draw(6, shared ? from.original : place, band);
  }
}

void SyntheticDocuments::shingles(std::uint64_t place, std::vector<std::uint64_t>& to) const {
  const Planted from = planted(place);
  // c common ones of two sets of n: J = c / (2n - c).
  const std::uint64_t common = from.original == kNoPlace ? 0 : 2 * kShingles * from.similarity_ppm / (kMillion + from.similarity_ppm);
  to.clear();
  for (std::uint64_t i = 0; i < kShingles; ++i) to.push_back(draw(7, i < common ? from.original : place, i));
  std::sort(to.begin(), to.end());
}

SyntheticTexts::SyntheticTexts(const SyntheticDocuments& documents, std::uint64_t first, std::uint64_t end)
    : documents_(documents), first_(first), sketches_(end - first), band_keys_((end - first) * documents.bands()) {
  for (std::uint64_t place = first; place < end; ++place) {
    documents.sign(place, sketches_[place - first], band_keys_.data() + (place - first) * documents.bands());
  }
}

bool SyntheticTexts::next_batch(SignatureBatch& batch) {
  const std::uint64_t n = std::min<std::uint64_t>(kBatch, sketches_.size() - next_);
  const std::uint64_t bands = documents_.bands();
  batch.places.clear();
  for (std::uint64_t i = 0; i < n; ++i) batch.places.push_back(first_ + next_ + i);
  const auto part = [](const auto& all, std::uint64_t begin, std::uint64_t end, auto& to) {
    to.assign(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  };
  part(sketches_, next_, next_ + n, batch.sketches);
  part(band_keys_, next_ * bands, (next_ + n) * bands, batch.band_keys);
  next_ += n;
  return n > 0;
}

}  // namespace quern::bench
