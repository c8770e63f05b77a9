#pragma once
// One source for the vector kernels: a block of minima stays in registers while all shingles pass by.

#include "minhash.hpp"

namespace quern {

/// @tparam kVectorBytes width of a register
/// @tparam kBlock minima held at a time, in registers: with as many a and b, and x, they must fit
template <std::size_t kVectorBytes, std::size_t kBlock>
[[gnu::always_inline]] inline void lower_minima_blocked(const HashFamily& family, const std::uint64_t* shingles, std::size_t n,
                                                         Minima& minima) {
  typedef std::uint32_t Vector __attribute__((vector_size(kVectorBytes)));
  constexpr std::size_t kLanes = kVectorBytes / sizeof(std::uint32_t);
  static_assert(kSketchHashes % (kLanes * kBlock) == 0);
  const Vector* a = reinterpret_cast<const Vector*>(family.a.data());
  const Vector* b = reinterpret_cast<const Vector*>(family.b.data());
  Vector* value = reinterpret_cast<Vector*>(minima.value.data());
  for (std::size_t block = 0; block < kSketchHashes / (kLanes * kBlock); ++block, a += kBlock, b += kBlock, value += kBlock) {
    Vector least[kBlock];
    for (std::size_t k = 0; k < kBlock; ++k) least[k] = value[k];
    for (std::size_t i = 0; i < n; ++i) {
      const auto x = static_cast<std::uint32_t>(shingles[i] >> 32);
#pragma GCC unroll 16
      for (std::size_t k = 0; k < kBlock; ++k) {
        const Vector h = a[k] * x + b[k];
        least[k] = h < least[k] ? h : least[k];
      }
    }
    for (std::size_t k = 0; k < kBlock; ++k) value[k] = least[k];
  }
}

}  // namespace quern
