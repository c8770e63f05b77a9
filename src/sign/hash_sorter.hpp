#pragma once
// Sorting hashes: their upper bits say about where each belongs.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quern {

/// Sorts values whose upper bits are spread evenly, as those of hashes are: one distribution into buckets of 1 to 2, then an insertion
/// sort of the whole, in which nothing moves beyond its bucket. Right for any values, and then no slower than std::sort, which takes the
/// buckets that are large. Keeps its memory from call to call.
class HashSorter {
 public:
  void sort(std::vector<std::uint64_t>& values) {
    if (values.size() < kFewest || values.size() > UINT32_MAX) {
      std::sort(values.begin(), values.end());
      return;
    }
    shift_ = 64 - std::min(static_cast<int>(std::bit_width(values.size())) - 1, kMostBits);
    const std::uint32_t largest = distribute(values);
    if (largest > kLargeBucket) sort_large_buckets();
    insertion_sort();
    values.swap(placed_);
  }

 private:
  static constexpr std::size_t kFewest = 8;
  static constexpr int kMostBits = 19;  // places to write to at a time: more of them fall out of the caches
  static constexpr std::uint32_t kLargeBucket = 16;

  /// Into placed_, bucket after bucket; ends_[b] is one past the last of bucket b. Returns the size of the largest.
  std::uint32_t distribute(const std::vector<std::uint64_t>& values) {
    ends_.assign(std::size_t{1} << (64 - shift_), 0);
    for (const std::uint64_t value : values) ++ends_[value >> shift_];
    std::uint32_t before = 0;
    std::uint32_t largest = 0;
    for (std::uint32_t& end : ends_) {
      largest = std::max(largest, end);
      before += std::exchange(end, before);
    }
    placed_.resize(values.size());
    for (const std::uint64_t value : values) placed_[ends_[value >> shift_]++] = value;
    return largest;
  }

  void sort_large_buckets() {
    std::uint32_t first = 0;
    for (const std::uint32_t end : ends_) {
      if (end - first > kLargeBucket) std::sort(placed_.begin() + first, placed_.begin() + end);
      first = end;
    }
  }

  void insertion_sort() noexcept {
    std::uint64_t* const values = placed_.data();
    for (std::size_t i = 1; i < placed_.size(); ++i) {
      const std::uint64_t value = values[i];
      std::size_t to = i;
      for (; to > 0 && values[to - 1] > value; --to) values[to] = values[to - 1];
      values[to] = value;
    }
  }

  int shift_ = 0;
  std::vector<std::uint64_t> placed_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace quern
