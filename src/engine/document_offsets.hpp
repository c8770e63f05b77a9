#pragma once
// Where documents lie in the columns of the output, and in the spool on their way there.

#include "quern/store/spool.hpp"

#include <cstdint>

namespace quern {

/// Where a document begins in each column; of a range, how much is in it.
struct DocumentOffsets {
  std::uint64_t documents = 0;       ///< row of /documents
  std::uint64_t tokens = 0;          ///< in /data, the end-of-text tokens counted
  std::uint64_t id_bytes = 0;        ///< in /documents/own_id_bytes
  std::uint64_t metadata_bytes = 0;  ///< in /documents/metadata_bytes
  bool operator==(const DocumentOffsets&) const = default;
  DocumentOffsets& operator+=(const DocumentOffsets& more) {
    documents += more.documents;
    tokens += more.tokens;
    id_bytes += more.id_bytes;
    metadata_bytes += more.metadata_bytes;
    return *this;
  }
};

/// Sorted documents of one part of the output: a unit of phase "ordered", with the part's number.
struct OrderedRun {
  UnitPlace place;
  DocumentOffsets size;
};

}  // namespace quern
