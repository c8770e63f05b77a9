#pragma once
// Sorting hashes: their upper bits say about where each belongs.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace quern {

/// Sorts values whose upper bits are spread evenly, as those of hashes are: one distribution into buckets of about 8, then a sort of
/// each bucket. Right for any values, and then no slower than std::sort. Keeps its memory from call to call.
class HashSorter {
 public:
  void sort(std::vector<std::uint64_t>& values) {
    if (values.size() < 16 * kPerBucket || values.size() > UINT32_MAX) {
      std::sort(values.begin(), values.end());
      return;
    }
    shift_ = 64 - std::min(static_cast<int>(std::bit_width(values.size() / kPerBucket)), kMostBits);
    distribute(values);
    std::uint32_t first = 0;
    for (const std::uint32_t end : ends_) {
      std::sort(placed_.begin() + first, placed_.begin() + end);
      first = end;
    }
    values.swap(placed_);
  }

 private:
  static constexpr std::size_t kPerBucket = 8;
  static constexpr int kMostBits = 20;

  /// Into placed_, bucket after bucket; ends_[b] is one past the last of bucket b.
  void distribute(const std::vector<std::uint64_t>& values) {
    ends_.assign(std::size_t{1} << (64 - shift_), 0);
    for (const std::uint64_t value : values) ++ends_[value >> shift_];
    std::uint32_t before = 0;
    for (std::uint32_t& end : ends_) before += std::exchange(end, before);
    placed_.resize(values.size());
    for (const std::uint64_t value : values) placed_[ends_[value >> shift_]++] = value;
  }

  int shift_ = 0;
  std::vector<std::uint64_t> placed_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace quern
