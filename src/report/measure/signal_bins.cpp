#include "report/measure/signals.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace quern {

namespace {

constexpr double kMostBins = 40;
constexpr std::uint64_t kSign = 1ull << 63;

/// 1, 2, 2.5 or 5 times a power of ten: the least of these that is not below `step`.
double round_step(double step) {
  double power = 1;
  while (power > step) power /= 10;
  while (power * 10 <= step) power *= 10;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= step) return factor * power;
  }
  return 10 * power;
}

SignalBins linear(double low, double high) {
  SignalBins bins;
  const double step = round_step((high - low) / kMostBins);
  auto first = static_cast<long long>(low / step);
  if (static_cast<double>(first) * step > low) --first;
  for (long long i = first;; ++i) {
    bins.edges.push_back(static_cast<double>(i) * step);
    if (bins.edges.back() >= high && bins.edges.size() > 1) return bins;
  }
}

SignalBins logarithmic(double low, double high) {
  constexpr double kFourthRootOfTwo = 1.189207115002721;
  SignalBins bins{{}, true};
  double edge = 1;
  while (edge > low) edge /= 2;
  while (edge * 2 <= low) edge *= 2;
  // At most some 40: with more octaves than ten the steps are half an octave, or whole ones.
  double octaves = 0;
  for (double at = edge; at < high; at *= 2) ++octaves;
  const double ratio = octaves <= 10 ? kFourthRootOfTwo : octaves <= 20 ? kFourthRootOfTwo * kFourthRootOfTwo : 2;
  for (bins.edges.push_back(edge); bins.edges.back() < high; bins.edges.push_back(edge)) edge *= ratio;
  if (bins.edges.size() == 1) bins.edges.push_back(edge * ratio);
  return bins;
}

}  // namespace

std::uint32_t rough_key(double value) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
  return static_cast<std::uint32_t>(((bits & kSign) != 0 ? ~bits : bits | kSign) >> 48);
}

double least_of_key(std::uint32_t key) noexcept {
  const std::uint64_t bits = static_cast<std::uint64_t>(key) << 48;
  return std::bit_cast<double>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
}

SignalBins bins_of(const SignalRange& range) {
  const bool counts = range.low >= 0 && range.most > 2;
  if (counts && range.median > 0 && range.high > 12 * range.median) return logarithmic(std::max(range.low, 1.0), range.high);
  if (!(range.high > range.low)) return linear(range.low, range.low + (range.low == 0 ? 1 : (range.low < 0 ? -range.low : range.low)));
  return linear(range.low, range.high);
}

std::ptrdiff_t bin_of(double value, const std::vector<double>& edges) noexcept {
  if (value == edges.back()) return static_cast<std::ptrdiff_t>(edges.size()) - 2;
  return std::upper_bound(edges.begin(), edges.end(), value) - edges.begin() - 1;
}

}  // namespace quern
