#pragma once
// Which instruction set the hot loops use. All give the same values; QUERN_KERNEL forces one, so that tests can compare them.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quern {

enum class Kernel : std::uint8_t {
  scalar,  ///< plain C++ for the build's baseline: the reference, and what machines other than x86-64 run
  avx2,    ///< x86-64-v3
  avx512,  ///< x86-64-v4
};

/// The value of QUERN_KERNEL that stands for it.
std::string_view name(Kernel kernel) noexcept;

/// Kernels this machine can run, slowest first; never empty.
const std::vector<Kernel>& available_kernels();

/// The forced kernel, or the fastest where none is. A value that is unknown or not available here throws Error{usage}.
Kernel choose_kernel(std::optional<std::string_view> forced);

/// choose_kernel of the environment variable QUERN_KERNEL, decided once; empty counts as unset.
Kernel chosen_kernel();

}  // namespace quern
