#pragma once
// Rows of a ledger, one after the other.

#include "quern/dataset/dataset_reader.hpp"

#include <algorithm>

namespace quern {

/// The rows [first, end) of a ledger, in parts of bounded size.
class LedgerCursor {
 public:
  LedgerCursor(const DatasetReader& data, std::uint64_t first, std::uint64_t end) : data_(data), next_(first), end_(end) { fill(); }

  bool at_end() const { return at_ == part_.rows.size(); }
  const LedgerRow& row() const { return part_.rows[at_]; }
  std::uint64_t record() const { return part_.first + at_; }
  std::string_view own_id() const { return part_.own_ids[at_]; }
  std::string_view source() const { return data_.source_name(row().source, record()); }
  void next() {
    if (++at_ == part_.rows.size()) fill();
  }

 private:
  static constexpr std::uint64_t kRows = 64u << 10;

  void fill() {
    at_ = 0;
    part_.rows.clear();
    if (next_ == end_) return;
    part_ = data_.ledger(next_, std::min(kRows, end_ - next_));
    next_ += part_.rows.size();
  }

  const DatasetReader& data_;
  std::uint64_t next_, end_;
  LedgerPart part_;
  std::size_t at_ = 0;
};

}  // namespace quern
