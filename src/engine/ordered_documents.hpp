#pragma once
// Documents in the order in which they stand in /documents and /data, as a stream over any rows: what writes a data set sees nothing of units.

#include "engine/document_offsets.hpp"
#include "engine/records.hpp"
#include "quern/store/spool.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quern {

/// A document and its row. Views live until the stream is asked for the next one.
struct OrderedDocument {
  DocumentOffsets at;
  std::uint64_t record = 0;        ///< row of the ledger
  std::uint32_t copy = 0;          ///< of that record, from 0
  std::uint32_t cluster_size = 1;  ///< records that it stands for; 1 where the job removes no duplicates
  std::uint32_t file = 0;          ///< its public name: row of /files and
  std::uint64_t offset = 0;        ///< byte in the file, decompressed
  std::uint32_t flags = 0;
  std::uint16_t source = 0;    ///< row of /sources
  std::uint16_t language = 0;  ///< row of /languages
  std::string_view id;
  std::string_view extras;  ///< as pack_extras() makes them: metadata, language score, signals
  std::string_view tokens;  ///< Setup::token_bytes() each, without the end-of-text
  std::uint64_t n_tokens(std::uint32_t token_bytes) const { return tokens.size() / token_bytes + 1; }
};

/// Throws Error{store} on damage of the spool. Not collective.
class DocumentStream {
 public:
  virtual ~DocumentStream() = default;
  /// The next document; false: there is none.
  virtual bool next(OrderedDocument& document) = 0;
};

/// Documents that lie in the spool in about the output's order (phase "ordered"): in parts, each of some sorted runs. The same on every rank; any
/// rank may read any rows. Memory of a stream: a block of the spool for each run of a part.
class OrderedDocuments {
 public:
  /// Consecutive documents; parts are in order and meet without gaps, and some may be empty.
  struct Part {
    std::uint64_t number = 0;
    DocumentOffsets begin, end;
    std::vector<UnitPlace> runs;
  };
  OrderedDocuments(SpoolHome home, std::uint32_t token_bytes, std::vector<Part> parts)
      : home_(std::move(home)), token_bytes_(token_bytes), parts_(std::move(parts)) {}

  const std::vector<Part>& parts() const { return parts_; }
  /// Of all documents.
  DocumentOffsets size() const { return parts_.empty() ? DocumentOffsets{} : parts_.back().end; }

  /// Documents from row `first` of /documents to before row `end`. Reads from the beginning of the part in which `first` lies.
  std::unique_ptr<DocumentStream> rows(std::uint64_t first, std::uint64_t end) const;
  /// Documents with a token in [first, end) of /data.
  std::unique_ptr<DocumentStream> tokens(std::uint64_t first, std::uint64_t end) const;

 private:
  SpoolHome home_;
  std::uint32_t token_bytes_;
  std::vector<Part> parts_;  ///< streams look at them: this object outlives its streams
};

/// The i-th record at home, which is kept, with what the spool has of it; copy and offsets are left to the caller.
OrderedDocument document_at_home(const Records& records, std::size_t i, const SpoolRow& row, std::string_view id, std::string_view extras,
                                 std::string_view tokens);

/// The documents at home on this rank, in input order, straight from the segments of `phase`; each is given as often as it is to be repeated.
/// `before`: what the ranks below have.
std::unique_ptr<DocumentStream> documents_at_home(const Records& records, const std::string& phase, const std::vector<UnitPlace>& units,
                                                  const DocumentOffsets& before, const SpoolHome& home, std::uint32_t token_bytes);

}  // namespace quern
