#pragma once
// Histograms of signals: first where their values lie, then how many in each bin.

#include <cstdint>
#include <vector>

namespace quern {

/// A number that orders as the values do, with equal numbers for values that share sign, exponent and four bits of the fraction.
std::uint32_t rough_key(double value) noexcept;
/// The least value with that key (for negative ones the one farthest from 0).
double least_of_key(std::uint32_t key) noexcept;
inline constexpr std::size_t kRoughKeys = 1u << 16;

struct SignalRange {
  double low = 0, high = 0;  ///< almost all values lie between
  double median = 0;
  double most = 0;
};

/// Edges of about 40 bins: at round numbers, or, where the values stretch over powers of ten, at equal ratios.
struct SignalBins {
  std::vector<double> edges;
  bool logarithmic = false;
};
SignalBins bins_of(const SignalRange& range);

/// The bin of a value: -1 below the first edge, edges - 1 from the last edge on; the last edge itself belongs to the last bin.
std::ptrdiff_t bin_of(double value, const std::vector<double>& edges) noexcept;

}  // namespace quern
