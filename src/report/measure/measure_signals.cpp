#include "quern/base/heartbeat.hpp"
#include "report/measure/measure.hpp"
#include "report/measure/signals.hpp"

#include <cmath>
#include <numeric>

namespace quern {

namespace {

/// Calls visit(signal, values) for this rank's documents, in parts.
template <class Visit>
void for_each_part(const DatasetReader& data, const World& world, Visit visit) {
  const RowRange share = even_share(data.shape().n_docs, world.rank(), world.size());
  for (std::uint64_t first = share.first; first < share.end; first += kRowsMeasuredAtOnce) {
    const DocumentPart part = data.measures(first, std::min(kRowsMeasuredAtOnce, share.end - first));
    for (std::size_t s = 0; s < part.signals.size(); ++s) visit(s, part.signals[s]);
    beat();
  }
}

/// Where the values of one signal lie. Extremes travel as keys that order as the values do.
struct Place {
  std::vector<std::uint64_t> rough = std::vector<std::uint64_t>(kRoughKeys, 0);
  std::uint64_t least = UINT64_MAX, most = 0;
  std::uint64_t without = 0;

  void add(double value) {
    if (std::isnan(value)) {
      ++without;
      return;
    }
    ++rough[rough_key(value)];
    least = std::min(least, key_of(value));
    most = std::max(most, key_of(value));
  }

  static std::uint64_t key_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    return (bits >> 63) != 0 ? ~bits : bits | 1ull << 63;
  }
  static double value_of(std::uint64_t key) { return std::bit_cast<double>((key >> 63) != 0 ? key & ~(1ull << 63) : ~key); }
};

/// Collective.
void sum_up(Place& place, World& world) {
  world.all_reduce_sum(place.rough);
  place.least = world.min(place.least);
  place.most = world.max(place.most);
  place.without = world.sum(place.without);
}

/// The rough value below which `permille` of them lie.
double quantile(const Place& place, std::uint64_t values, std::uint64_t permille) {
  const std::uint64_t rank = (values - 1) / 1000 * permille + (values - 1) % 1000 * permille / 1000;
  std::uint64_t before = 0;
  for (std::uint32_t key = 0; key < kRoughKeys; ++key) {
    before += place.rough[key];
    if (before > rank) return std::clamp(least_of_key(key), Place::value_of(place.least), Place::value_of(place.most));
  }
  return Place::value_of(place.most);
}

SignalFigures figures_of(const std::string& name, const Place& place) {
  SignalFigures figures;
  figures.name = name;
  figures.without = place.without;
  const std::uint64_t values = std::accumulate(place.rough.begin(), place.rough.end(), std::uint64_t{0});
  if (values == 0) return figures;
  figures.least = Place::value_of(place.least);
  figures.most = Place::value_of(place.most);
  figures.p05 = quantile(place, values, 50);
  figures.median = quantile(place, values, 500);
  figures.p95 = quantile(place, values, 950);
  // The last hundredth of a long tail would press all others into one bin; a rough value is up to 1/16 too low.
  const double high = std::min(figures.most, quantile(place, values, 990) * 17 / 16);
  SignalBins bins = bins_of({std::max(figures.least, quantile(place, values, 5)), high, figures.median, figures.most});
  figures.edges = std::move(bins.edges);
  figures.logarithmic = bins.logarithmic;
  return figures;
}

}  // namespace

void measure_signals(const DatasetReader& data, Figures& figures, World& world) {
  const std::vector<std::string>& names = data.provenance().signals;
  std::vector<Place> places(names.size());
  for_each_part(data, world, [&](std::size_t s, const std::vector<double>& values) {
    for (const double value : values) places[s].add(value);
  });
  std::vector<std::vector<std::uint64_t>> counts;  // below, the bins, above
  for (std::size_t s = 0; s < names.size(); ++s) {
    sum_up(places[s], world);
    figures.signals.push_back(figures_of(names[s], places[s]));
    counts.emplace_back(figures.signals[s].edges.size() + 1, 0);
  }
  for_each_part(data, world, [&](std::size_t s, const std::vector<double>& values) {
    for (const double value : values) {
      if (!std::isnan(value)) ++counts[s][static_cast<std::size_t>(bin_of(value, figures.signals[s].edges) + 1)];
    }
  });
  for (std::size_t s = 0; s < names.size(); ++s) {
    world.all_reduce_sum(counts[s]);
    SignalFigures& signal = figures.signals[s];
    if (signal.edges.empty()) continue;
    signal.below = counts[s].front();
    signal.above = counts[s].back();
    signal.counts.assign(counts[s].begin() + 1, counts[s].end() - 1);
  }
}

}  // namespace quern
