#pragma once
// Goes through a range of records in order, each with its document and tokens, with bounded memory.

#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

/// Use: while (walk.next()) { row(), own_id(); if (has_document()) { place()…; while (!(piece = walk.next_tokens()).empty()) … } }
/// A kept record without its document, or a document without its kept record, is Error{check}.
class RecordWalk {
 public:
  /// Records [first, end) of a data set that outlives the walk.
  RecordWalk(const DatasetReader& reader, std::uint64_t first, std::uint64_t end);

  bool next();
  std::uint64_t number() const { return ledger_.first + at_; }
  const LedgerRow& row() const { return ledger_.rows[at_]; }
  std::string_view own_id() const { return ledger_.own_ids[at_]; }

  bool has_document() const { return has_document_; }
  // Of the current record's document:
  std::uint64_t document() const { return documents_.first + doc_at_; }
  std::uint64_t n_tokens() const { return documents_.start[doc_at_ + 1] - documents_.start[doc_at_]; }
  const RecordPlace& document_place() const { return documents_.place[doc_at_]; }
  std::uint16_t document_source() const { return documents_.source[doc_at_]; }
  std::string_view document_id() const { return documents_.own_ids[doc_at_]; }
  const DocumentPart& documents() const { return documents_; }
  std::size_t document_in_part() const { return doc_at_; }
  /// The next tokens of the document; empty when all were given.
  std::span<const std::uint32_t> next_tokens();

 private:
  void load_ledger(std::uint64_t first);
  void load_documents(std::uint64_t first);
  void match_document();
  void load_tokens();

  const DatasetReader& reader_;
  std::uint64_t end_;
  LedgerPart ledger_;
  std::size_t at_ = 0;
  bool begun_ = false;

  DocumentPart documents_;
  std::size_t doc_at_ = 0;
  std::uint64_t next_document_ = 0;
  bool has_document_ = false;

  std::vector<std::uint32_t> tokens_;  // a stretch of /data
  std::uint64_t tokens_from_ = 0;      // where it begins
  std::uint64_t token_at_ = 0;         // next token to give
};

}  // namespace quern
