#include "quern/base/sketch.hpp"

namespace quern {

Similarity jaccard(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) noexcept {
  // No branch on the comparison: which of the two is less is a coin toss.
  std::uint32_t common = 0;
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const std::uint64_t x = a[i], y = b[j];
    common += x == y ? 1u : 0u;
    i += x <= y ? 1u : 0u;
    j += y <= x ? 1u : 0u;
  }
  return {common, static_cast<std::uint32_t>(a.size() + b.size()) - common};
}

}  // namespace quern
