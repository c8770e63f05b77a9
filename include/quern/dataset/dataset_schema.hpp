#pragma once
// Every dataset of the format, once: the writer makes them from this table, the reader holds files against it.

#include "quern/dataset/dataset.hpp"
#include "quern/dataset/shard_files.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quern {

inline constexpr std::string_view kFormatName = "quern data set";
inline constexpr std::uint64_t kFormatVersion = 2;         ///< the highest that is read
inline constexpr std::uint64_t kRecordOrderVersion = 1;    ///< of data sets without a DocumentOrder
inline constexpr const char* kSignalGroup = "/documents/signals";
inline constexpr const char* kSplitGroup = "/splits";
inline constexpr const char* kShuffled = "shuffle";  ///< attribute `order` of /documents
inline constexpr const char* kShardGroup = "/shards";
inline constexpr std::array<const char*, 4> kDatasetGroups = {"/documents", "/ledger", "/files", "/provenance"};

enum class Column : std::size_t {
  data,
  doc_start,
  doc_record,
  doc_place,
  doc_source,
  doc_id_start,
  doc_id_bytes,
  doc_language,
  doc_language_score,
  doc_metadata_start,
  doc_metadata_bytes,
  doc_flags,
  doc_cluster_size,
  doc_copy,
  verdict,
  reason,
  source,
  file,
  offset,
  kept,
  similarity,
  id_start,
  id_bytes,
  verdict_names,
  reason_names,
  file_entry,
  file_name_start,
  file_name_bytes,
  file_size,
  file_digest,
  shard_name,
  shard_first_token,
  shard_tokens,
  shard_tokens_xxh3,
  shard_file_bytes,
  shard_file_xxh3,
  shard_file_sha256,
  sources,
  languages,
  signal_names,
  flag_names,
  split_names,
  split_first,
  job,
  plan_digest,
  quern_version,
  unicode_version,
  versions,
  tokenizer_digest,
  vocab_size,
  end_of_text,
  records,
  kept_count,
  documents,
  removed,
  quarantined,
  tokens,
  by_reason,
  content_digest,
  seal,
  count_,
};
inline constexpr std::size_t kColumns = static_cast<std::size_t>(Column::count_);

struct ColumnSpec {
  Column column;
  const char* path;
  bool is_text;
  std::uint64_t bytes;  ///< of an element: width of a number; length of a text, 0 where any length will do
  std::vector<std::uint64_t> shape;
  const char* about;
};

/// Lengths of the lists of names, and which columns there are. Without languages, signals, versions or bytes of metadata there are no such columns,
/// nor without digests of files.
struct ListLengths {
  std::uint64_t reasons = 0, sources = 0, languages = 0, signals = 0, flags = 0, splits = 0, versions = 0;
  bool clusters = false, copies = false;
  bool file_digests = false;
  std::optional<std::uint64_t> shards = {};  ///< none: layout `single`
};

/// All columns in the order in which they are made, but for those of signal_path().
std::vector<ColumnSpec> dataset_columns(const DatasetShape& shape, std::uint64_t token_bytes, const ListLengths& lists);
std::string signal_path(std::string_view name);

std::vector<std::string> reason_names();
std::vector<std::string> verdict_names();

/// The seal's terms (docs/formats/dataset.md).
Hash128 seal_of_place(std::uint64_t record, std::uint64_t file, std::uint64_t offset);
/// Of a document in a data set that has any of the columns that it need not have.
Hash128 seal_of_extras(std::uint64_t record, std::string_view language, std::uint64_t language_score, std::string_view metadata,
                       std::span<const double> signals, std::uint64_t flags);
/// Of a copy but the first of a record: what the content digest does not hold of it.
Hash128 seal_of_copy(std::uint64_t row, const RecordPlace& place, std::uint64_t source, std::uint64_t cluster_size, std::string_view own_id);
Hash128 seal_of_file(std::uint64_t row, std::uint64_t entry, std::string_view name);
Hash128 seal_of_file_content(std::uint64_t row, const FileContent& content);
Hash128 seal_of_shard(const Shard& shard);
Hash128 seal_of_provenance(const Provenance& provenance, const std::vector<std::string>& reasons, const Hash128& content_digest);

}  // namespace quern
