#pragma once
// Reads a data set again, in ranges, with memory that does not grow with it. One process; many may read the same file.

#include "quern/dataset/dataset.hpp"
#include "quern/dataset/shard_files.hpp"
#include "quern/store/hdf5.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct ListLengths;
enum class Column : std::size_t;  // a dataset of the format: src/dataset/dataset_schema.hpp

/// Texts of consecutive rows.
struct TextPart {
  std::vector<std::uint64_t> start;  ///< one per text and the end, offsets in the whole column
  std::string bytes;                 ///< from start[0] on
  std::size_t size() const { return start.size() - 1; }
  void shorten(std::size_t texts) {
    start.resize(texts + 1);
    bytes.resize(start.back() - start[0]);
  }
  std::string_view operator[](std::size_t i) const { return std::string_view(bytes).substr(start[i] - start[0], start[i + 1] - start[i]); }
};

/// Consecutive rows of the ledger.
struct LedgerPart {
  std::uint64_t first = 0;
  std::vector<LedgerRow> rows;
  TextPart own_ids;
};

/// Consecutive documents.
struct DocumentPart {
  std::uint64_t first = 0;
  std::vector<std::uint64_t> start;  ///< one per document and the end: offsets in /data
  std::vector<std::uint64_t> record;
  std::vector<RecordPlace> place;
  std::vector<std::uint16_t> source;
  TextPart own_ids;
  // Empty where the data set has no such column:
  std::vector<std::uint16_t> language, language_score;
  std::vector<std::uint8_t> flags;
  std::vector<std::uint32_t> cluster_size;
  std::vector<std::uint16_t> copy;
  TextPart metadata;
  std::vector<std::vector<double>> signals;  ///< by signal, then by document
  std::uint32_t copy_of(std::size_t i) const { return copy.empty() ? 0 : copy[i]; }
};

/// Consecutive input files.
struct FilePart {
  std::uint64_t first = 0;
  std::vector<std::uint16_t> entry;
  TextPart names;
  std::vector<FileContent> contents;  ///< empty where the data set does not say them
};

/// An open data set. The constructor holds the file's structure (datasets, types, shapes, lists of names) against the format and throws
/// Error{check} when it is not a finished data set, Error{store} when it cannot be opened. Functions that return a part give as many rows
/// as asked for, or fewer (at least one) when their texts would take more than 64 MiB; offsets that do not fit together are Error{check}.
class DatasetReader {
 public:
  /// `path` is the output folder or the .h5 file in it.
  explicit DatasetReader(const std::string& path);

  const std::string& path() const { return path_; }  ///< of the .h5 file
  const DatasetShape& shape() const { return shape_; }
  const Provenance& provenance() const { return provenance_; }
  const Hash128& content_digest() const { return content_digest_; }
  const Hash128& seal() const { return seal_; }
  const std::vector<std::string>& reasons() const { return reasons_; }  ///< names by code, as the file gives them
  std::uint64_t token_bytes() const;
  /// Layout `sharded`: its files; nothing for `single`. tokens() reads from them, one file at a time, and never gives fill values.
  const std::optional<ShardFiles>& shards() const { return shards_; }
  /// What the virtual dataset /data is made of; only verify looks at it.
  std::vector<Hdf5Source> virtual_sources() const;

  /// Names of a row's codes; Error{check} when a code has none.
  std::string_view verdict_name(const LedgerRow& row, std::uint64_t record) const;
  std::string_view reason_name(const LedgerRow& row, std::uint64_t record) const;
  std::string_view source_name(std::uint64_t source, std::uint64_t record) const;
  std::string_view language_name(std::uint64_t language, std::uint64_t record) const;
  bool has_metadata() const { return shape_.metadata_bytes > 0; }
  /// Whether the documents are one for each kept record, in the order of the records.
  bool in_record_order() const { return !provenance_.order.has_value(); }
  /// Whether records have several documents.
  bool repeats() const { return provenance_.order && provenance_.order->repeats; }

  LedgerPart ledger(std::uint64_t first, std::uint64_t rows) const;
  DocumentPart documents(std::uint64_t first, std::uint64_t rows) const;
  /// Offsets in /data at which these documents begin, and where the last one ends: `rows` + 1 numbers.
  std::vector<std::uint64_t> document_starts(std::uint64_t first, std::uint64_t rows) const;
  FilePart files(std::uint64_t first, std::uint64_t rows) const;
  TextPart own_ids(std::uint64_t first_record, std::uint64_t rows) const;
  std::vector<std::uint8_t> verdicts(std::uint64_t first_record, std::uint64_t rows) const;
  std::vector<Reason> reason_codes(std::uint64_t first_record, std::uint64_t rows) const;
  std::vector<RecordPlace> places(std::uint64_t first_record, std::uint64_t rows) const;
  std::vector<std::uint16_t> source_codes(std::uint64_t first_record, std::uint64_t rows) const;
  std::vector<std::uint64_t> kept_records(std::uint64_t first_record, std::uint64_t rows) const;
  /// Documents without texts and names: start, source, language and signals alone. Always as many as asked for.
  DocumentPart measures(std::uint64_t first_document, std::uint64_t rows) const;
  /// The tokens from `first` on, as many as `tokens` holds.
  void tokens(std::uint64_t first, std::span<std::uint32_t> tokens) const;
  /// The first document whose record is not below `record`, of documents in record order. Reads log2(documents) values.
  std::uint64_t first_document_of(std::uint64_t record) const;

 private:
  void open_columns();
  void read_order(const ListLengths& lists);
  void read_provenance();
  void read_shards();
  const Hdf5Dataset& column(Column which) const;
  std::uint64_t number(Column which, std::uint64_t row = 0) const;
  std::string text(Column which) const;
  Hash128 digest(Column which) const;
  template <class T>
  std::vector<T> rows_of(Column which, std::uint64_t first, std::uint64_t rows) const;
  template <class T>
  void read_tokens(std::uint64_t first, std::span<T> tokens) const;
  void read_extras(DocumentPart& part) const;
  std::vector<std::uint64_t> offsets(Column which, std::uint64_t first, std::uint64_t rows, std::uint64_t total) const;
  TextPart texts(Column start, Column bytes, std::uint64_t first, std::uint64_t rows) const;

  std::string path_;
  Hdf5File file_;
  std::vector<Hdf5Dataset> columns_;
  std::vector<Hdf5Dataset> signals_;
  DatasetShape shape_;
  Provenance provenance_;
  std::vector<std::string> reasons_;
  std::optional<ShardFiles> shards_;
  Hash128 content_digest_;
  Hash128 seal_;
};

/// What a record is called: its own id, or else <file>:<offset>. Error{check} for a file that is not there. Costs some reads.
std::string record_name(const DatasetReader& data, std::uint64_t record);

}  // namespace quern
