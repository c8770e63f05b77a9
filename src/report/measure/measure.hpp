#pragma once
// The parts of measure().

#include "quern/comm/world.hpp"
#include "quern/report/figures.hpp"

#include <algorithm>

namespace quern {

inline constexpr std::uint64_t kRowsMeasuredAtOnce = 256u << 10;

struct RowRange {
  std::uint64_t first, end;
};

/// Rank r's even share of n rows.
inline RowRange even_share(std::uint64_t n, int rank, int ranks) {
  const auto cut = [&](std::uint64_t r) { return n / static_cast<std::uint64_t>(ranks) * r + std::min(r, n % static_cast<std::uint64_t>(ranks)); };
  return {cut(static_cast<std::uint64_t>(rank)), cut(static_cast<std::uint64_t>(rank) + 1)};
}

/// The rank whose even share of n rows has this one.
inline int rank_of_row(std::uint64_t row, std::uint64_t n, int ranks) {
  const std::uint64_t share = n / static_cast<std::uint64_t>(ranks), longer = n % static_cast<std::uint64_t>(ranks);
  const std::uint64_t of_longer = longer * (share + 1);
  if (row < of_longer) return static_cast<int>(row / (share + 1));
  return static_cast<int>(longer + (row - of_longer) / share);
}

/// All of these are collective.
void measure_ledger(const DatasetReader& data, Figures& figures, World& world);
void measure_documents(const DatasetReader& data, Figures& figures, World& world);
void measure_signals(const DatasetReader& data, Figures& figures, World& world);
void measure_clusters(const DatasetReader& data, Figures& figures, World& world);

}  // namespace quern
