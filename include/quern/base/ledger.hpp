#pragma once
// The row that accounts for one input record.

#include "quern/base/verdict.hpp"

#include <cstdint>
#include <string>

namespace quern {

inline constexpr std::uint64_t kNoRecord = UINT64_MAX;

/// A Jaccard similarity as a fraction: |A ∩ B| / |A ∪ B| where it was counted exactly,
/// (matches - 1) / 255 where it is the estimate from 256 8-bit hashes. {0, 0}: none.
struct Similarity {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 0;
  bool operator==(const Similarity&) const = default;
};

struct LedgerRow {
  Verdict verdict = Verdict::kept;
  Reason reason = Reason::none;
  std::uint16_t source = 0;         ///< number of the `input` entry's source name
  std::uint32_t file = 0;           ///< row of /files
  std::uint64_t offset = 0;         ///< of the record's first byte in the decompressed file
  std::uint64_t kept = kNoRecord;   ///< record number (row of the ledger) of the kept document it was removed for
  Similarity similarity;            ///< to that document
};

}  // namespace quern
