#pragma once
// Rows of a data set, shared by the ranks that read it.

#include "quern/comm/world.hpp"

#include <algorithm>
#include <cstdint>

namespace quern {

struct Range {
  std::uint64_t first, end;
};

/// An even share of n rows.
inline Range share_of(std::uint64_t n, std::uint64_t rank, std::uint64_t ranks) {
  const auto cut = [&](std::uint64_t r) { return n / ranks * r + std::min(r, n % ranks); };
  return {cut(rank), cut(rank + 1)};
}

inline Range share_of(std::uint64_t n, const World& world) {
  return share_of(n, static_cast<std::uint64_t>(world.rank()), static_cast<std::uint64_t>(world.size()));
}

}  // namespace quern
