#pragma once
// The 256 8-bit hashes kept of every signature, what two of them say of the Jaccard similarity, and that similarity itself.

#include "quern/base/ledger.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace quern {

inline constexpr std::size_t kSketchHashes = 256;
using Sketch = std::array<std::uint8_t, kSketchHashes>;

inline std::uint32_t sketch_matches(const Sketch& a, const Sketch& b) noexcept {
  std::uint32_t matches = 0;
  for (std::size_t k = 0; k < kSketchHashes; ++k) matches += a[k] == b[k] ? 1u : 0u;
  return matches;
}

/// Unbiased: two different minima agree in 8 bits with probability 1/256, so E[matches] = 256 (J + (1 - J) / 256) and
/// J = (E[matches] - 1) / 255 (b-bit minwise hashing, Li and König 2010, section 3).
inline Similarity estimate(const Sketch& a, const Sketch& b) noexcept {
  const std::uint32_t matches = sketch_matches(a, b);
  return {matches > 0 ? matches - 1 : 0, kSketchHashes - 1};
}

/// Exact similarity of two sorted sets without repeats, each below 2^31 elements: |A ∩ B| / |A ∪ B|, {0, 0} for two empty sets.
Similarity jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) noexcept;

}  // namespace quern
