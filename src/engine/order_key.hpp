#pragma once
// The order of the documents in a data set (docs/formats/dataset.md).

#include "engine/draw.hpp"
#include "engine/records.hpp"

#include <algorithm>
#include <compare>

namespace quern {

/// Documents lie by rising key. No two have the same.
struct OrderKey {
  std::uint64_t split = 0;  ///< 0: train, 1: validation
  std::uint64_t drawn = 0;  ///< 0 in input order
  std::uint64_t record = 0;
  std::uint64_t copy = 0;
  auto operator<=>(const OrderKey&) const = default;
};

class OrderKeys {
 public:
  OrderKeys(const Records& records, const Job& job)
      : records_(records), output_(job.output), n_records_(std::max<std::uint64_t>(records.starts.back(), 1)) {}

  bool is_validation(std::size_t i) const {
    return output_.validation_ppm > 0 && falls_in(draw(output_.seed, Purpose::validation, records_.text_hash[i]), output_.validation_ppm, 1'000'000);
  }
  /// Of a copy of the i-th record at home.
  OrderKey of(std::size_t i, std::uint64_t copy) const {
    const bool shuffle = output_.order == Order::shuffle;
    return {is_validation(i) ? 1u : 0u, shuffle ? draw(output_.seed, Purpose::order, records_.text_hash[i], copy) : 0, records_.first + i, copy};
  }
  /// Where a document lies between the first and the last that there could be: 64 bits that never fall with the key.
  std::uint64_t place(const OrderKey& key) const {
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
    const bool shuffle = output_.order == Order::shuffle;
    const auto by_record = static_cast<std::uint64_t>(static_cast<Uint128>(key.record) * kHalf / n_records_);
    return key.split * kHalf + (shuffle ? key.drawn >> 1 : by_record);
  }

 private:
  const Records& records_;
  const OutputSpec& output_;
  std::uint64_t n_records_;
};

/// Whether the documents are something else than the kept records in input order.
bool reorders_documents(const Job& job);

}  // namespace quern
