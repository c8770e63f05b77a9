#pragma once
// What `quern verify` asks of the rows of the ledger.

#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "write/fingerprint.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quern {

/// Rows that come in rising order. Throws Error{check}.
class LedgerCheck {
 public:
  /// `first`: the first row that will come.
  LedgerCheck(const DatasetReader& reader, std::uint64_t first, std::uint64_t end);

  void add(std::uint64_t record, const LedgerRow& row);
  /// After the last row.
  void finish() { check_links(); }

  const Hash128& seal() const { return seal_; }
  std::vector<std::uint64_t>& by_reason() { return by_reason_; }
  std::vector<std::uint64_t>& by_verdict() { return by_verdict_; }
  /// Of each kept record, as often as there are others that were removed for it.
  const Fingerprint& duplicates() const { return duplicates_; }

 private:
  template <class... Args>
  [[noreturn]] void wrong(std::uint64_t record, fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::check, "{}: record {}: {}", reader_.path(), record, fmt::format(format, std::forward<Args>(args)...));
  }
  void check_place(std::uint64_t record, const LedgerRow& row);
  bool may_keep(Reason reason) const;
  void check_links();

  const DatasetReader& reader_;
  Hash128 seal_;
  std::vector<std::uint64_t> by_reason_;
  std::vector<std::uint64_t> by_verdict_ = {0, 0, 0};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> links_;  // kept record, removed record
  Fingerprint duplicates_;
  RecordPlace last_place_;
};

}  // namespace quern
