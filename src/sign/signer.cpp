#include "quern/sign/signer.hpp"

#include "hash_sorter.hpp"
#include "kernels/minhash.hpp"
#include "shingles.hpp"

#include <algorithm>
#include <limits>

namespace quern {
namespace {

HashFamily make_family(std::uint64_t seed) {
  HashFamily family;
  for (std::size_t k = 0; k < kSketchHashes; ++k) {
    // splitmix64 (Steele et al. 2014): the state steps by the golden ratio.
    const std::uint64_t random = mix64(seed + (k + 1) * 0x9e3779b97f4a7c15u);
    family.a[k] = static_cast<std::uint32_t>(random >> 32) | 1;
    family.b[k] = static_cast<std::uint32_t>(random);
  }
  return family;
}

/// 8 bits of a minimum. They must depend on all of its 32: the low bits of a*x + b are a function of the low bits of x alone, the same
/// for every k, so two texts of one shingle each whose x agree in 8 bits would agree in their whole sketch.
constexpr std::uint8_t sketch_byte(std::uint32_t minimum) {
  return static_cast<std::uint8_t>((minimum ^ minimum >> 15) * 0x9e3779b1u >> 24);
}

}  // namespace

struct Signer::State {
  State(const NearSpec& spec, Kernel kernel)
      : bands(spec.bands), rows(spec.rows), lower(lower_minima(kernel)), family(make_family(spec.seed)), shingles(spec.ngram, kernel) {}

  /// Whether there was a shingle.
  bool lower_all(std::string_view text) {
    minima.value.fill(std::numeric_limits<std::uint32_t>::max());
    bool any = false;
    shingles.for_each_batch(text, [&](std::span<const std::uint64_t> hashes) {
      any = true;
      lower(family, hashes.data(), hashes.size(), minima);
    });
    return any;
  }

  void put(Signature& out) const {
    const std::span<const std::uint32_t> values = minima.value;
    out.band_keys.resize(bands);
    // The band's number is the seed of its key's hash, so that bands never share buckets.
    for (std::uint32_t band = 0; band < bands; ++band) out.band_keys[band] = hash64(as_bytes(values.subspan(band * rows, rows)), band);
    std::transform(values.begin(), values.end(), out.sketch.begin(), sketch_byte);
    out.sketch_hash = hash128(as_bytes(values));
  }

  std::uint32_t bands;
  std::uint32_t rows;
  LowerMinima lower;
  HashFamily family;
  Minima minima{};
  Shingles shingles;
  HashSorter sorter;
};

Signer::Signer(const NearSpec& spec, Kernel kernel) : state_(std::make_unique<State>(spec, kernel)) {}
Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

bool Signer::sign(std::string_view text, Signature& out) {
  if (!state_->lower_all(text)) return false;
  state_->put(out);
  return true;
}

void Signer::shingle_set(std::string_view text, std::vector<std::uint64_t>& sorted_unique) const {
  sorted_unique.clear();
  state_->shingles.for_each_batch(text, [&](std::span<const std::uint64_t> hashes) {
    sorted_unique.insert(sorted_unique.end(), hashes.begin(), hashes.end());
  });
  state_->sorter.sort(sorted_unique);
  sorted_unique.erase(std::unique(sorted_unique.begin(), sorted_unique.end()), sorted_unique.end());
}

}  // namespace quern
