#pragma once
// The file data.h5 of a data set, written by all ranks: everything in layout `single`, everything but the tokens in `sharded`.

#include "quern/dataset/dataset.hpp"
#include "quern/dataset/shard_files.hpp"
#include "quern/store/file.hpp"
#include "quern/store/hdf5.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quern {

class World;
enum class Column : std::size_t;  // a dataset of the format: src/dataset/dataset_schema.hpp
struct ColumnSpec;

/// Rows that were written, and their places' part of the seal: sums, so that any run may have written them.
struct DatasetPart {
  DatasetShape rows;
  Hash128 seal;
};

/// Usage, on every rank: construct; write this rank's ranges; close. The bytes of the file are the same for any number of ranks
/// and any cut into ranges. Errors: Error{store} of the file; Error{check} when the counts given do not add up; Error{internal} when columns do
/// not fit together or are not full at close(). Collective functions throw on all ranks when they throw on one.
/// Destroyed before close(), it leaves an unfinished file behind, which readers refuse: the caller writes aside and removes it.
class DatasetWriter {
 public:
  enum class Begin {
    anew,  ///< makes the file, replacing an old one: all columns at their final size, durable
    go_on  ///< opens one that a run with the same shape and provenance has made and not closed
  };
  /// Collective; the same arguments on all ranks. `shard_tokens`: layout `sharded`, with files of so many tokens; 0: `single`.
  DatasetWriter(const std::string& path, const DatasetShape& shape, const Provenance& provenance, World& world, Begin begin = Begin::anew,
                std::uint64_t shard_tokens = 0);

  // Not collective. Each row of each column is written once, by any rank, in any order. Every call costs tens of microseconds per
  // column: give thousands of rows at once. Memory: a copy of one column of the rows given.

  /// Tokens from offset `first` of /data on, in the width that token_bytes() gives; the other width is an error.
  void write_tokens(std::uint64_t first, std::span<const std::uint16_t> tokens);
  void write_tokens(std::uint64_t first, std::span<const std::uint32_t> tokens);
  void write_documents(std::uint64_t first_document, const DocumentColumns& documents);
  void write_ledger(std::uint64_t first_record, std::span<const LedgerRow> rows, const TextColumn& own_ids);
  /// Layout `sharded`, in place of tokens: all its shards, in any order; by one rank, once.
  void write_shards(std::vector<Shard> shards);
  void write_files(std::uint64_t first_file, std::span<const std::uint16_t> entries, const TextColumn& names);
  /// Only where the provenance says that digests of files are kept.
  void write_file_contents(std::uint64_t first_file, std::span<const FileContent> contents);

  std::uint64_t token_bytes() const;
  bool is_sharded() const { return shard_tokens_ != 0; }
  /// Of layout `sharded`.
  ShardCut shard_cut() const { return {shape_.n_tokens, shard_tokens_}; }

  /// What this rank has written since the last call. Given back by add_part(), by this run or one that goes on, it counts as written.
  DatasetPart take_part();
  void add_part(const DatasetPart& part);
  /// Makes durable what this rank has written. Not collective.
  void sync();

  /// Checks that every column is full, writes provenance, digest and seal, closes, and makes the file durable. Collective.
  void close(const Hash128& content_digest, World& world);

 private:
  std::vector<ColumnSpec> specs() const;
  void make_columns();
  Hdf5Dataset make_column(const ColumnSpec& spec);
  void find_columns();
  template <class T>
  void write_token_rows(std::uint64_t first, std::span<const T> tokens);
  template <class Field>
  void write_field(Column column, std::uint64_t first, std::span<const LedgerRow> rows, Field field);
  void write_extras(std::uint64_t first, const DocumentColumns& documents);
  void write_texts(Column start, Column bytes, std::uint64_t first, const TextColumn& texts, std::size_t rows);
  void must_be_full(World& world);
  void write_provenance(const Hash128& content_digest, const Hash128& seal);

  std::string path_;
  DatasetShape shape_;
  Provenance provenance_;
  std::uint64_t shard_tokens_;
  DatasetShape written_;  // by this rank
  Hash128 seal_;          // of the places and files written by this rank
  Hdf5File file_;
  File bytes_;  // of the same file, for hints to the file system and to make it durable
  std::vector<Hdf5Dataset> columns_;  // after file_: closed before it
  std::vector<Hdf5Dataset> signals_;
};

}  // namespace quern
