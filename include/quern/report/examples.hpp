#pragma once
// A kept document and one removed for it, to be looked at side by side.

#include "quern/base/ledger.hpp"

#include <cstdint>
#include <string>

namespace quern {

/// A part of a document's cleaned text.
struct Excerpt {
  std::string name;         ///< its own id, or <file>:<offset>
  std::string source;
  std::uint64_t bytes = 0;  ///< of the whole text
  std::uint64_t begin = 0;  ///< where in it the part begins
  std::string text;         ///< at most kExcerptBytes, cut between words
};
inline constexpr std::size_t kExcerptBytes = 4000;

struct DuplicateExample {
  Reason reason = Reason::none;  ///< exact or near
  Similarity similarity;
  std::uint64_t cluster_size = 0;
  Excerpt kept, removed;
};

/// Cuts the texts of both: from shortly before their first difference on. Before: `text` is the whole text, or so much of its beginning as is
/// at hand.
void cut_excerpts(DuplicateExample& example);

}  // namespace quern
