#include "minhash.hpp"

#include <algorithm>

namespace quern {

// The compiler makes the baseline's vectors of it where there are some.
[[gnu::optimize("O3")]] void lower_minima_scalar(const HashFamily& family, const std::uint64_t* shingles, std::size_t n, Minima& minima) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<std::uint32_t>(shingles[i] >> 32);
    for (std::size_t k = 0; k < kSketchHashes; ++k) {
      minima.value[k] = std::min(minima.value[k], family.a[k] * x + family.b[k]);
    }
  }
}

LowerMinima lower_minima([[maybe_unused]] Kernel kernel) {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return lower_minima_avx512;
  if (kernel == Kernel::avx2) return lower_minima_avx2;
#endif
  return lower_minima_scalar;
}

}  // namespace quern
