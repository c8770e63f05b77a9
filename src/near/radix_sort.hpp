#pragma once
// Sorting rows by numbers that are dense: places, of which a corpus of a million documents uses 20 bits.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace quern {

/// Stable. `key_of(row)` is a number; the time goes with the number of bits of the largest one, 11 bits at a time. Takes the memory
/// of the rows once more.
template <class Row, class Key>
void radix_sort(std::vector<Row>& rows, Key key_of) {
  constexpr int kBits = 11;
  std::uint64_t all_bits = 0;
  for (const Row& row : rows) all_bits |= key_of(row);
  std::vector<Row> sorted(rows.size());
  for (int shift = 0; shift < static_cast<int>(std::bit_width(all_bits)); shift += kBits) {
    const auto digit = [&](const Row& row) { return static_cast<std::size_t>(key_of(row) >> shift) & ((1u << kBits) - 1); };
    std::array<std::size_t, 1u << kBits> next{};
    for (const Row& row : rows) ++next[digit(row)];
    std::size_t before = 0;
    for (std::size_t& n : next) before += std::exchange(n, before);
    for (const Row& row : rows) sorted[next[digit(row)]++] = row;
    rows.swap(sorted);
  }
}

}  // namespace quern
