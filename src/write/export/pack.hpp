#pragma once
// Documents → windows of at most `length` tokens. Pure functions: no ranks, no files.

#include "quern/base/job/exports.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace quern {

/// Documents are packed in blocks of so many, in the order of the data set: a block's windows follow from the block alone.
inline constexpr std::uint64_t kPackBlock = 65'536;

/// A run of tokens of one document.
struct Part {
  std::uint64_t document = 0;  ///< row of /documents
  std::uint32_t start = 0;     ///< its first token, counted in the document
  std::uint32_t tokens = 0;
  bool operator==(const Part&) const = default;
};

struct Windows {
  std::vector<Part> parts;
  std::vector<std::uint64_t> first;  ///< part with which each window begins
  std::uint64_t size() const { return first.size(); }
  std::span<const Part> operator[](std::size_t window) const {
    const std::uint64_t end = window + 1 < first.size() ? first[window + 1] : parts.size();
    return std::span(parts).subspan(first[window], end - first[window]);
  }
};

/// Consecutive documents, by the offsets of their tokens: start[i], start[i + 1] of document first + i.
struct PackInput {
  std::uint64_t first = 0;
  std::span<const std::uint64_t> start;
};

/// Which documents go to windows of one length: those longer than `above`; and no longer than the window, unless it is the longest there is.
struct Bucket {
  std::uint64_t length = 0;
  std::uint64_t above = 0;
  bool is_longest = true;
};
std::vector<Bucket> buckets_of(const WindowsSpec& spec);

/// Packs one block, for Pack::whole and Pack::best_fit. A document longer than the window gives full windows and a rest, which is packed as a
/// document is; no other is split. Windows stand in the order of their first document, parts in that of their documents.
/// best_fit: Best-Fit Decreasing, as in "Fewer Truncations Improve Language Modeling" (Ding et al. 2024): the longest piece first (of equal ones
/// the earlier document), each into the fullest window that holds it (of equal ones the one that was filled last). O(n log n) time, memory for
/// n pieces and `length` numbers.
Windows pack_block(const PackInput& documents, const Bucket& bucket, Pack pack);

/// Pack::concat: the windows that begin in these documents, when one begins at every `length`-th token from `origin` on. Parts before the first of
/// them belong to the last window of the documents before.
Windows cut_block(const PackInput& documents, std::uint64_t origin, std::uint64_t length);

}  // namespace quern
