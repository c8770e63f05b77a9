#pragma once
// The merges of a vocabulary, and what they make of some bytes.

#include "tokenize/pair_table.hpp"
#include "tokenize/vocabulary.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct Merge {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::uint32_t id = 0;  ///< of the token that the two become
};

/// Merges in order of rank, for look-up.
class Merges {
 public:
  /// `byte_ids`: the token of each single byte, or kNoToken. A pair that is listed twice has its last rank, as in Hugging Face's
  /// library. At most kNoRank merges.
  Merges(const std::array<std::uint32_t, 256>& byte_ids, std::vector<Merge> merges);

  /// A number that is lower for what merges earlier, not the place in the list.
  std::uint32_t rank(std::uint32_t left, std::uint32_t right) const noexcept { return pairs_.rank(left, right); }
  std::uint32_t rank_of_bytes(std::uint8_t left, std::uint8_t right) const noexcept { return byte_pairs_[left * 256u + right]; }
  std::uint32_t merged(std::uint32_t rank) const noexcept { return merged_.empty() ? rank : merged_[rank]; }
  std::uint32_t byte_id(std::uint8_t byte) const noexcept { return byte_ids_[byte]; }
  bool has_all_bytes() const noexcept { return has_all_bytes_; }
  std::span<const Merge> list() const noexcept { return list_; }

 private:
  std::array<std::uint32_t, 256> byte_ids_;
  std::vector<Merge> list_;
  std::vector<std::uint32_t> merged_;  ///< by rank; none where the ids go up with the ranks: then these ids are used as ranks
  PairTable pairs_;
  std::vector<std::uint32_t> byte_pairs_;
  bool has_all_bytes_;
};

/// The merges by which tiktoken's rule, "join the neighbours whose concatenation has the lowest rank", makes tokens.
///
/// When a token comes about, all joins inside it were made in the order in which they would be made if its bytes stood alone. So it
/// has one last join, whatever stands around it: that is its merge. A token whose bytes alone become something else never comes
/// about by joining, and has none. Time: linear in the bytes of the vocabulary, but for the joins of single tokens.
std::vector<Merge> merges_of_ranks(const Vocabulary& vocabulary, const std::array<std::uint32_t, 256>& byte_ids);

/// The ids of the single bytes, kNoToken where there is none.
std::array<std::uint32_t, 256> byte_ids_of(const Vocabulary& vocabulary, const TokenIndex& index);

}  // namespace quern
