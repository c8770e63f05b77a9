#include "quern/base/wide.hpp"
#include "quern/filter/redpajama.hpp"

#include <bit>

namespace quern {

// ln n = (log2 n) ln 2. The digits of log2 behind the point come one by one: squaring a number between 1 and 2 doubles its logarithm.
std::uint64_t fixed_log(std::uint64_t n) noexcept {
  constexpr unsigned kDigits = 36;
  constexpr std::uint64_t kLn2 = 47'632'711'549;  // ln 2 * 2^36, rounded
  const auto whole = static_cast<unsigned>(std::bit_width(n)) - 1;
  std::uint64_t x = n << (63 - whole);  // 1 <= x / 2^63 < 2
  std::uint64_t log2 = whole;
  for (unsigned i = 0; i < kDigits; ++i) {
    const auto square = static_cast<std::uint64_t>(Uint128{x} * x >> 64);  // in units of 2^62
    const bool two = square >> 63 != 0;
    log2 = log2 << 1 | (two ? 1u : 0u);
    x = two ? square : square << 1;
  }
  constexpr unsigned kShift = 2 * 36 - RedPajamaCounts::kEntropyBits;
  return static_cast<std::uint64_t>((Uint128{log2} * kLn2 + (Uint128{1} << (kShift - 1))) >> kShift);
}

}  // namespace quern
