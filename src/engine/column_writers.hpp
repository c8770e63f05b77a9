#pragma once
// From records and documents, one by one, to rows of the data set, many at once.

#include "engine/ordered_documents.hpp"
#include "quern/write/content_digest.hpp"
#include "quern/write/dataset_writer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quern {

/// Rows of the ledger, of the records at home, in their order. Their digest, but for the kept ones, whose documents bring it.
class LedgerWriter {
 public:
  /// `id_bytes`: of the records of lower ranks.
  LedgerWriter(DatasetWriter& out, const Records& records, ContentDigest& digest, std::uint64_t id_bytes)
      : out_(out), records_(records), digest_(digest), id_bytes_(id_bytes) {}

  /// The next record; returns its place among those at home.
  std::size_t add(const SpoolRow& row, std::string_view id);
  /// Writes what was added; `ids` are theirs, one after the other.
  void flush(std::string_view ids);
  /// Goes on behind records that were written before.
  void pass(std::uint64_t records);

 private:
  DatasetWriter& out_;
  const Records& records_;
  ContentDigest& digest_;
  std::uint64_t id_bytes_;
  std::size_t next_ = 0;
  std::vector<LedgerRow> rows_;
  std::vector<std::uint64_t> id_starts_;
};

/// Rows of /documents, and /data, in any order of ranges. Token: the width in which tokens lie.
template <class Token>
class DocumentWriter {
 public:
  /// `reordered`: the data set's documents are not in the order of their records.
  DocumentWriter(DatasetWriter& out, const std::vector<std::string>& sources, std::size_t signals, Token end_of_text, bool reordered, ContentDigest& digest)
      : out_(out), sources_(sources), end_of_text_(end_of_text), reordered_(reordered), digest_(digest), signals_(signals) {}

  /// Follows the document before it in every column, but after flush().
  void add(const OrderedDocument& document);
  void flush();

 private:
  std::span<const Token> add_tokens(const OrderedDocument& document);
  void add_extras(const OrderedDocument& document);

  DatasetWriter& out_;
  const std::vector<std::string>& sources_;
  Token end_of_text_;
  bool reordered_;
  ContentDigest& digest_;
  DocumentOffsets first_;
  std::vector<Token> tokens_;
  std::vector<std::uint64_t> starts_, numbers_, id_starts_, metadata_starts_;
  std::vector<RecordPlace> places_;
  std::vector<std::uint16_t> sources_of_, languages_, language_scores_, copies_;
  std::vector<std::uint32_t> cluster_sizes_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::vector<double>> signals_;
  std::string ids_, metadata_;
};

extern template class DocumentWriter<std::uint16_t>;
extern template class DocumentWriter<std::uint32_t>;

}  // namespace quern
