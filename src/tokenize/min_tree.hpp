#pragma once
// The leftmost least of an array of numbers that change: a tree with 16 children to a node, each node the least of its children.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

/// Four at a time, written out: compilers make one vector of each row at any optimisation level that vectorises at all.
inline std::uint32_t least_of_16(const std::uint32_t* c) {
  std::array<std::uint32_t, 4> row;
  for (std::size_t i = 0; i < 4; ++i) row[i] = std::min(std::min(c[i], c[i + 4]), std::min(c[i + 8], c[i + 12]));
  return std::min(std::min(row[0], row[1]), std::min(row[2], row[3]));
}

class MinTree {
 public:
  /// `size` numbers, all of them `fill`, the greatest value they will have.
  void assign(std::size_t size, std::uint32_t fill) {
    depth_ = 0;
    do {
      size = (size + kFan - 1) / kFan;
      levels_.resize(std::max(levels_.size(), depth_ + 1));
      levels_[depth_++].assign(size * kFan, fill);
    } while (size > 1);
  }

  /// The numbers themselves; call build() when they are set.
  std::uint32_t* numbers() { return levels_[0].data(); }
  void build() {
    for (std::size_t level = 1; level < depth_; ++level) {
      for (std::size_t i = 0; i < levels_[level - 1].size() / kFan; ++i) levels_[level][i] = least_of(level - 1, i);
    }
  }

  std::uint32_t operator[](std::size_t i) const { return levels_[0][i]; }

  void set(std::size_t i, std::uint32_t value) {
    levels_[0][i] = value;
    for (std::size_t level = 1; level < depth_; ++level) {
      i /= kFan;
      const std::uint32_t least = least_of(level - 1, i);
      if (levels_[level][i] == least) return;
      levels_[level][i] = least;
    }
  }

  std::uint32_t least() const { return least_of(depth_ - 1, 0); }
  std::size_t leftmost_least() const {
    const std::uint32_t value = least();
    std::size_t i = 0;
    for (std::size_t level = depth_; level-- > 0;) {
      const std::uint32_t* const children = levels_[level].data() + i * kFan;
      i = i * kFan + static_cast<std::size_t>(std::find(children, children + kFan, value) - children);
    }
    return i;
  }

 private:
  static constexpr std::size_t kFan = 16;

  std::uint32_t least_of(std::size_t level, std::size_t node) const { return least_of_16(levels_[level].data() + node * kFan); }

  std::vector<std::vector<std::uint32_t>> levels_;
  std::size_t depth_ = 0;
};

}  // namespace quern
