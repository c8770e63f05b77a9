#pragma once
// The hot loop of a sketch: the least value of each of 256 hash functions over a run of shingles.

#include "quern/base/kernel.hpp"
#include "quern/base/sketch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace quern {

/// h_k(x) = a[k] * x + b[k] mod 2^32, a[k] odd.
struct HashFamily {
  alignas(64) std::array<std::uint32_t, kSketchHashes> a;
  alignas(64) std::array<std::uint32_t, kSketchHashes> b;
};

struct Minima {
  alignas(64) std::array<std::uint32_t, kSketchHashes> value;
};

/// minima.value[k] = min(minima.value[k], h_k(x_0), ..., h_k(x_{n-1})), where x_i is the upper half of shingles[i].
using LowerMinima = void (*)(const HashFamily& family, const std::uint64_t* shingles, std::size_t n, Minima& minima);

/// The implementation for a kernel that this machine can run.
LowerMinima lower_minima(Kernel kernel);

void lower_minima_scalar(const HashFamily& family, const std::uint64_t* shingles, std::size_t n, Minima& minima);
#if defined(__x86_64__)
void lower_minima_avx2(const HashFamily& family, const std::uint64_t* shingles, std::size_t n, Minima& minima);
void lower_minima_avx512(const HashFamily& family, const std::uint64_t* shingles, std::size_t n, Minima& minima);
#endif

}  // namespace quern
