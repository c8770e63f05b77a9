#pragma once
// Goes through a range of documents as they lie, with bounded memory.

#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

/// Use: while (walk.next()) { row(), record()…; while (!(piece = walk.next_tokens()).empty()) … }
class DocumentWalk {
 public:
  /// Documents [first, end) of a data set that outlives the walk.
  DocumentWalk(const DatasetReader& reader, std::uint64_t first, std::uint64_t end) : reader_(reader), end_(end), next_(first) {}

  bool next();
  std::uint64_t row() const { return part_.first + at_; }
  std::uint64_t record() const { return part_.record[at_]; }
  std::uint32_t copy() const { return part_.copy_of(at_); }
  const RecordPlace& place() const { return part_.place[at_]; }
  std::uint16_t source() const { return part_.source[at_]; }
  std::string_view own_id() const { return part_.own_ids[at_]; }
  std::uint64_t n_tokens() const { return part_.start[at_ + 1] - part_.start[at_]; }
  const DocumentPart& part() const { return part_; }
  std::size_t in_part() const { return at_; }
  /// The next tokens of the document; empty when all were given.
  std::span<const std::uint32_t> next_tokens();

 private:
  const DatasetReader& reader_;
  std::uint64_t end_, next_;
  DocumentPart part_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> tokens_;  // a stretch of /data
  std::uint64_t tokens_from_ = 0;      // where it begins
  std::uint64_t token_at_ = 0;         // next token to give
};

}  // namespace quern
