#if defined(__x86_64__)

#include "minhash_blocked.hpp"

namespace quern {

[[gnu::target("arch=x86-64-v3"), gnu::optimize("O3")]] void lower_minima_avx2(const HashFamily& family, const std::uint64_t* shingles,
                                                                              std::size_t n, Minima& minima) {
  lower_minima_blocked<32, 4>(family, shingles, n, minima);
}

}  // namespace quern

#endif
