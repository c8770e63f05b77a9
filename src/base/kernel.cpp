#include "quern/base/kernel.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace quern {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"scalar", "avx2", "avx512"};

#if defined(__x86_64__) && defined(__clang__)  // clang 14 does not know the levels by name
bool has_v3() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma"); }
bool has_v4() { return has_v3() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"); }
#elif defined(__x86_64__)
bool has_v3() { return __builtin_cpu_supports("x86-64-v3"); }
bool has_v4() { return __builtin_cpu_supports("x86-64-v4"); }
#endif

std::vector<Kernel> detect() {
  std::vector<Kernel> found = {Kernel::scalar};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (has_v3()) found.push_back(Kernel::avx2);
  if (has_v4()) found.push_back(Kernel::avx512);
#endif
  return found;
}

std::string list_of_available() {
  std::string list;
  for (Kernel kernel : available_kernels()) list.append(list.empty() ? "" : ", ").append(name(kernel));
  return list;
}

}  // namespace

std::string_view name(Kernel kernel) noexcept { return kNames[static_cast<std::size_t>(kernel)]; }

const std::vector<Kernel>& available_kernels() {
  static const std::vector<Kernel> available = detect();
  return available;
}

Kernel choose_kernel(std::optional<std::string_view> forced) {
  if (!forced) return available_kernels().back();
  for (Kernel kernel : available_kernels()) {
    if (name(kernel) == *forced) return kernel;
  }
  const bool known = std::find(kNames.begin(), kNames.end(), *forced) != kNames.end();
  fail(ErrorKind::usage, "QUERN_KERNEL={}: {}. Unset it, or choose one of: {}", *forced,
       known ? "this machine does not have these instructions" : "no such kernel", list_of_available());
}

Kernel chosen_kernel() {
  static const Kernel chosen = [] {
    const char* const forced = std::getenv("QUERN_KERNEL");
    return choose_kernel(forced != nullptr && *forced != '\0' ? std::optional<std::string_view>(forced) : std::nullopt);
  }();
  return chosen;
}

}  // namespace quern
