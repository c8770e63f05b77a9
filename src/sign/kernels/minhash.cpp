#include "minhash.hpp"

#include <algorithm>

namespace quern {

void lower_minima_scalar(const HashFamily& family, const std::uint32_t* x, std::size_t n, Minima& minima) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < kSketchHashes; ++k) {
      minima.value[k] = std::min(minima.value[k], family.a[k] * x[i] + family.b[k]);
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
