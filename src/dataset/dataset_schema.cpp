#include "quern/dataset/dataset_schema.hpp"

#include "quern/base/verdict.hpp"
#include "quern/dataset/packed_bytes.hpp"

#include <bit>
#include <cstring>

namespace quern {

static_assert(std::endian::native == std::endian::little, "numbers are hashed as they lie in memory");

namespace {

constexpr std::uint64_t kHexBytes = 32;
constexpr std::uint64_t kSha256Bytes = 64;

ColumnSpec number(Column column, const char* path, std::uint64_t bytes, std::vector<std::uint64_t> shape, const char* about) {
  return {column, path, false, bytes, std::move(shape), about};
}

ColumnSpec text(Column column, const char* path, std::vector<std::uint64_t> shape, const char* about) {
  return {column, path, true, 0, std::move(shape), about};
}

ColumnSpec hex(Column column, const char* path, const char* about, std::vector<std::uint64_t> shape = {}, std::uint64_t bytes = kHexBytes) {
  return {column, path, true, bytes, std::move(shape), about};
}

void add_documents(std::vector<ColumnSpec>& all, const DatasetShape& s, const ListLengths& lists) {
  all.push_back(number(Column::doc_start, "/documents/start", 8, {s.n_docs + 1}, "first token of each document in /data, and the end"));
  all.push_back(number(Column::doc_record, "/documents/record", 8, {s.n_docs}, "row of the document in /ledger"));
  all.push_back(number(Column::doc_place, "/documents/id", 8, {s.n_docs, 2}, "row of /files, byte offset in the decompressed file"));
  all.push_back(number(Column::doc_source, "/documents/source", 2, {s.n_docs}, "row of /sources"));
  all.push_back(number(Column::doc_id_start, "/documents/own_id_start", 8, {s.n_docs + 1}, "byte offsets in own_id_bytes, and the end"));
  all.push_back(number(Column::doc_id_bytes, "/documents/own_id_bytes", 1, {s.doc_id_bytes}, "the input's own ids, UTF-8"));
  if (lists.languages > 0) {
    all.push_back(number(Column::doc_language, "/documents/language", 2, {s.n_docs}, "row of /languages"));
    all.push_back(number(Column::doc_language_score, "/documents/language_score", 2, {s.n_docs}, "thousandths"));
  }
  if (lists.flags > 0) all.push_back(number(Column::doc_flags, "/documents/flags", 1, {s.n_docs}, "bit i: it is marked as row i of /flags says"));
  if (lists.clusters) all.push_back(number(Column::doc_cluster_size, "/documents/cluster_size", 4, {s.n_docs}, "input records that it stands for"));
  if (lists.copies) all.push_back(number(Column::doc_copy, "/documents/copy", 2, {s.n_docs}, "which copy of its record, from 0"));
  if (s.metadata_bytes > 0) {
    all.push_back(number(Column::doc_metadata_start, "/documents/metadata_start", 8, {s.n_docs + 1}, "byte offsets in metadata_bytes, and the end"));
    all.push_back(number(Column::doc_metadata_bytes, "/documents/metadata_bytes", 1, {s.metadata_bytes}, "JSON objects, UTF-8"));
  }
}

void add_ledger(std::vector<ColumnSpec>& all, const DatasetShape& s, std::uint64_t reasons) {
  all.push_back(number(Column::verdict, "/ledger/verdict", 1, {s.n_records}, "row of verdict_names"));
  all.push_back(number(Column::reason, "/ledger/reason", 1, {s.n_records}, "row of reason_names"));
  all.push_back(number(Column::source, "/ledger/source", 2, {s.n_records}, "row of /sources"));
  all.push_back(number(Column::file, "/ledger/file", 4, {s.n_records}, "row of /files"));
  all.push_back(number(Column::offset, "/ledger/offset", 8, {s.n_records}, "first byte of the record in the decompressed file"));
  all.push_back(number(Column::kept, "/ledger/kept", 8, {s.n_records}, "row of the kept record it was removed for; 2^64-1: none"));
  all.push_back(
      number(Column::similarity, "/ledger/similarity", 4, {s.n_records, 2}, "to that record: numerator, denominator; 0, 0: none"));
  all.push_back(number(Column::id_start, "/ledger/own_id_start", 8, {s.n_records + 1}, "byte offsets in own_id_bytes, and the end"));
  all.push_back(number(Column::id_bytes, "/ledger/own_id_bytes", 1, {s.record_id_bytes}, "the input's own ids, UTF-8"));
  all.push_back(text(Column::verdict_names, "/ledger/verdict_names", {3}, "name of each verdict code"));
  all.push_back(text(Column::reason_names, "/ledger/reason_names", {reasons}, "name of each reason code"));
}

void add_shards(std::vector<ColumnSpec>& all, std::uint64_t shards) {
  all.push_back(text(Column::shard_name, "/shards/name", {shards}, "file beside this one"));
  all.push_back(number(Column::shard_first_token, "/shards/first_token", 8, {shards}, "its place in /data, in tokens"));
  all.push_back(number(Column::shard_tokens, "/shards/tokens", 8, {shards}, "tokens in it"));
  all.push_back(hex(Column::shard_tokens_xxh3, "/shards/tokens_xxh3", "xxh3-128 of its tokens", {shards}));
  all.push_back(number(Column::shard_file_bytes, "/shards/file_bytes", 8, {shards}, "size of the file"));
  all.push_back(hex(Column::shard_file_xxh3, "/shards/file_xxh3", "xxh3-128 of the file", {shards}));
  all.push_back(hex(Column::shard_file_sha256, "/shards/file_sha256", "SHA-256 of the file", {shards}, kSha256Bytes));
}

void add_files(std::vector<ColumnSpec>& all, const DatasetShape& s, const ListLengths& lists) {
  all.push_back(number(Column::file_entry, "/files/entry", 2, {s.n_files}, "number of the file's entry in the job's input"));
  all.push_back(number(Column::file_name_start, "/files/name_start", 8, {s.n_files + 1}, "byte offsets in name_bytes, and the end"));
  all.push_back(number(Column::file_name_bytes, "/files/name_bytes", 1, {s.file_name_bytes}, "paths below the entry's fixed prefix"));
  if (lists.file_digests) {
    all.push_back(number(Column::file_size, "/files/bytes", 8, {s.n_files}, "bytes of the file on disk"));
    all.push_back(number(Column::file_digest, "/files/digest", 8, {s.n_files, 2}, "digest of these bytes: high half, low half"));
  }
  all.push_back(text(Column::sources, "/sources", {lists.sources}, "names of the sources"));
  if (lists.languages > 0) all.push_back(text(Column::languages, "/languages", {lists.languages}, "labels of the languages"));
  if (lists.signals > 0) all.push_back(text(Column::signal_names, "/signals", {lists.signals}, "names of the columns in /documents/signals"));
  if (lists.flags > 0) all.push_back(text(Column::flag_names, "/flags", {lists.flags}, "what documents may be marked with, by bit"));
  if (lists.splits > 0) {
    all.push_back(text(Column::split_names, "/splits/name", {lists.splits}, "names of the splits"));
    all.push_back(number(Column::split_first, "/splits/first_document", 8, {lists.splits + 1}, "first row of each split in /documents, and the end"));
  }
}

void add_provenance(std::vector<ColumnSpec>& all, std::uint64_t reasons, std::uint64_t versions, bool copies) {
  all.push_back(text(Column::job, "/provenance/job", {}, "the job, canonical JSON"));
  all.push_back(text(Column::plan_digest, "/provenance/plan_digest", {}, "digest of all that can change a byte of the output"));
  all.push_back(text(Column::quern_version, "/provenance/quern_version", {}, "version of the program"));
  all.push_back(text(Column::unicode_version, "/provenance/unicode_version", {}, "version of the Unicode tables"));
  if (versions > 0) all.push_back(text(Column::versions, "/provenance/versions", {versions}, "compiler and libraries: name, version"));
  all.push_back(hex(Column::tokenizer_digest, "/provenance/tokenizer_digest", "digest of the tokenizer"));
  all.push_back(number(Column::vocab_size, "/provenance/vocab_size", 8, {}, "entries of the vocabulary, specials included"));
  all.push_back(number(Column::end_of_text, "/provenance/end_of_text", 8, {}, "id of the token that ends each document"));
  all.push_back(number(Column::records, "/provenance/records", 8, {}, "input records"));
  all.push_back(number(Column::kept_count, "/provenance/kept", 8, {}, "documents kept"));
  if (copies) all.push_back(number(Column::documents, "/provenance/documents", 8, {}, "documents with all their copies"));
  all.push_back(number(Column::removed, "/provenance/removed", 8, {}, "records removed"));
  all.push_back(number(Column::quarantined, "/provenance/quarantined", 8, {}, "records that could not be taken in"));
  all.push_back(number(Column::tokens, "/provenance/tokens", 8, {}, "tokens in /data"));
  all.push_back(number(Column::by_reason, "/provenance/by_reason", 8, {reasons}, "records of each reason code"));
  all.push_back(hex(Column::content_digest, "/provenance/content_digest", "digest of the content in order; zero bytes: not finished"));
  all.push_back(hex(Column::seal, "/provenance/seal", "digest of places, files and provenance"));
}

}  // namespace

std::vector<ColumnSpec> dataset_columns(const DatasetShape& shape, std::uint64_t token_bytes, const ListLengths& lists) {
  std::vector<ColumnSpec> all;
  all.push_back(number(Column::data, "/data", token_bytes, {shape.n_tokens}, "token ids, documents one after the other"));
  add_documents(all, shape, lists);
  add_ledger(all, shape, lists.reasons);
  if (lists.shards) add_shards(all, *lists.shards);
  add_files(all, shape, lists);
  add_provenance(all, lists.reasons, lists.versions, lists.copies);
  return all;
}

std::string signal_path(std::string_view name) { return std::string(kSignalGroup) + '/' + std::string(name); }

std::vector<std::string> reason_names() { return {kReasonNames.begin(), kReasonNames.end()}; }

std::vector<std::string> verdict_names() {
  return {std::string(name(Verdict::kept)), std::string(name(Verdict::removed)), std::string(name(Verdict::quarantined))};
}

Hash128 seal_of_place(std::uint64_t record, std::uint64_t file, std::uint64_t offset) {
  // One of these for every record: no allocation.
  std::array<char, 1 + 3 * sizeof(std::uint64_t)> bytes{'r'};
  std::memcpy(bytes.data() + 1, &record, sizeof record);
  std::memcpy(bytes.data() + 9, &file, sizeof file);
  std::memcpy(bytes.data() + 17, &offset, sizeof offset);
  return hash128({bytes.data(), bytes.size()});
}

Hash128 seal_of_extras(std::uint64_t record, std::string_view language, std::uint64_t language_score, std::string_view metadata,
                       std::span<const double> signals, std::uint64_t flags) {
  std::string bytes = "d";
  pack_number(bytes, record);
  pack_text(bytes, language);
  pack_number(bytes, language_score);
  pack_text(bytes, metadata);
  pack_number(bytes, signals.size());
  for (const double signal : signals) pack_number(bytes, std::bit_cast<std::uint64_t>(signal));
  pack_number(bytes, flags);
  return hash128(bytes);
}

Hash128 seal_of_copy(std::uint64_t row, const RecordPlace& place, std::uint64_t source, std::uint64_t cluster_size, std::string_view own_id) {
  std::string bytes = "c";
  for (const std::uint64_t n : {row, place.file, place.offset, source, cluster_size}) pack_number(bytes, n);
  pack_text(bytes, own_id);
  return hash128(bytes);
}

Hash128 seal_of_file(std::uint64_t row, std::uint64_t entry, std::string_view name) {
  std::string bytes = "f";
  pack_number(bytes, row);
  pack_number(bytes, entry);
  pack_text(bytes, name);
  return hash128(bytes);
}

Hash128 seal_of_file_content(std::uint64_t row, const FileContent& content) {
  std::string bytes = "b";
  for (const std::uint64_t n : {row, content.bytes, content.digest.high, content.digest.low}) pack_number(bytes, n);
  return hash128(bytes);
}

Hash128 seal_of_shard(const Shard& shard) {
  std::string bytes = "s";
  pack_number(bytes, shard.number);
  pack_text(bytes, shard_name(shard.number));
  pack_number(bytes, shard.first_token);
  pack_number(bytes, shard.tokens);
  pack_text(bytes, shard.tokens_xxh3.hex());
  pack_number(bytes, shard.file.bytes);
  pack_text(bytes, shard.file.xxh3.hex());
  pack_text(bytes, shard.file.sha256.hex());
  return hash128(bytes);
}

Hash128 seal_of_provenance(const Provenance& p, const std::vector<std::string>& reasons, const Hash128& content_digest) {
  std::string bytes = "p";
  for (const std::string& text : {p.job, p.plan_digest, p.quern_version, p.unicode_version, p.tokenizer_digest.hex()}) {
    pack_text(bytes, text);
  }
  for (const std::uint64_t n : {p.vocab_size, p.end_of_text, p.records, p.kept, p.removed, p.quarantined, p.tokens}) pack_number(bytes, n);
  pack_numbers(bytes, p.by_reason);
  pack_texts(bytes, p.sources);
  if (!p.languages.empty()) pack_texts(bytes, p.languages);
  if (!p.signals.empty()) pack_texts(bytes, p.signals);
  if (!p.flags.empty()) pack_texts(bytes, p.flags);
  if (!p.versions.empty()) pack_texts(bytes, p.versions);
  pack_texts(bytes, reasons);
  pack_texts(bytes, verdict_names());
  pack_text(bytes, content_digest.hex());
  if (p.order) {
    bytes += 'o';
    pack_text(bytes, p.order->shuffled ? kShuffled : "");
    pack_number(bytes, p.order->documents);
    pack_texts(bytes, p.order->splits);
    pack_numbers(bytes, p.order->first_documents);
  }
  return hash128(bytes);
}

}  // namespace quern
