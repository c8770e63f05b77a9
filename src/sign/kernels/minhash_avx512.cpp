#if defined(__x86_64__)

#include "minhash_blocked.hpp"

namespace quern {

[[gnu::target("arch=x86-64-v4"), gnu::optimize("O3")]] void lower_minima_avx512(const HashFamily& family, const std::uint64_t* shingles,
                                                                                std::size_t n, Minima& minima) {
  lower_minima_blocked<64, 8>(family, shingles, n, minima);
}

}  // namespace quern

#endif
