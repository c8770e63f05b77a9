#pragma once
// Two columns say the same when sums of hashes are the same: whoever adds what, in whatever order.

#include "quern/base/hash.hpp"
#include "quern/base/wide.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/packed_bytes.hpp"
#include "quern/write/content_digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

/// A sum modulo 2^128 of hashes, each so many times.
class Fingerprint {
 public:
  void add(const Hash128& hash, std::uint64_t times = 1) {
    const Uint128 term = (static_cast<Uint128>(hash.high) << 64 | hash.low) * times;
    sum_ = ContentDigest::combine(sum_, {static_cast<std::uint64_t>(term >> 64), static_cast<std::uint64_t>(term)});
  }
  /// Collective.
  Hash128 of_all(World& world) const { return sum_of_hashes(sum_, world); }

 private:
  Hash128 sum_;
};

/// What the ledger and /documents both say of a kept record.
inline Hash128 hash_of_kept(std::uint64_t record, std::uint64_t file, std::uint64_t offset, std::uint64_t source, std::string_view own_id) {
  std::string bytes;
  for (const std::uint64_t n : {record, file, offset, source}) pack_number(bytes, n);
  pack_text(bytes, own_id);
  return hash128(bytes);
}

inline Hash128 hash_of_record(std::uint64_t record) { return hash128({reinterpret_cast<const char*>(&record), sizeof record}); }

}  // namespace quern
