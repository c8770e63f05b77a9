#include "tokenize/merges.hpp"

#include <algorithm>
#include <numeric>

namespace quern {

namespace {

/// Joins the lowest-ranked neighbours, the leftmost first, until none can be joined; a rank is the id of the token that comes about.
void join_by_rank(const PairTable& pairs, std::vector<std::uint32_t>& ids) {
  for (;;) {
    std::uint32_t best = kNoRank;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const std::uint32_t rank = pairs.rank(ids[i], ids[i + 1]);
      if (rank < best) {
        best = rank;
        at = i;
      }
    }
    if (best == kNoRank) return;
    ids[at] = best;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

std::vector<std::uint32_t> ids_by_length(const Vocabulary& vocabulary) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.has(id) && vocabulary.bytes(id).size() > 1) ids.push_back(id);
  }
  std::stable_sort(ids.begin(), ids.end(), [&](auto a, auto b) { return vocabulary.bytes(a).size() < vocabulary.bytes(b).size(); });
  return ids;
}

}  // namespace

Merges::Merges(const std::array<std::uint32_t, 256>& byte_ids, std::vector<Merge> merges)
    : byte_ids_(byte_ids), list_(std::move(merges)), pairs_(list_.size()), byte_pairs_(65536, kNoRank),
      has_all_bytes_(std::find(byte_ids.begin(), byte_ids.end(), kNoToken) == byte_ids.end()) {
  const bool ids_go_up = std::is_sorted(list_.begin(), list_.end(), [](const Merge& a, const Merge& b) { return a.id <= b.id; });
  for (std::size_t i = 0; i < list_.size(); ++i) {
    pairs_.set(list_[i].left, list_[i].right, ids_go_up ? list_[i].id : static_cast<std::uint32_t>(i));
    if (!ids_go_up) merged_.push_back(list_[i].id);
  }
  for (std::size_t pair = 0; pair < byte_pairs_.size(); ++pair) {
    const std::uint32_t left = byte_ids[pair / 256];
    const std::uint32_t right = byte_ids[pair % 256];
    if (left != kNoToken && right != kNoToken) byte_pairs_[pair] = pairs_.rank(left, right);
  }
}

std::vector<Merge> merges_of_ranks(const Vocabulary& vocabulary, const std::array<std::uint32_t, 256>& byte_ids) {
  const std::vector<std::uint32_t> tokens = ids_by_length(vocabulary);
  PairTable pairs(tokens.size());
  std::vector<Merge> merges;
  std::vector<std::uint32_t> parts;
  // Shorter tokens first: all that a token's bytes can become on the way is then in the table, and the token itself is not.
  for (const std::uint32_t id : tokens) {
    parts.clear();
    for (const char byte : vocabulary.bytes(id)) parts.push_back(byte_ids[static_cast<std::uint8_t>(byte)]);
    join_by_rank(pairs, parts);
    if (parts.size() != 2) continue;
    pairs.set(parts[0], parts[1], id);
    merges.push_back({parts[0], parts[1], id});
  }
  std::sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) { return a.id < b.id; });
  return merges;
}

std::array<std::uint32_t, 256> byte_ids_of(const Vocabulary& vocabulary, const TokenIndex& index) {
  std::array<std::uint32_t, 256> ids{};
  for (std::size_t byte = 0; byte < ids.size(); ++byte) {
    const char c = static_cast<char>(byte);
    ids[byte] = index.find(vocabulary, {&c, 1});
  }
  return ids;
}

}  // namespace quern
