#include "quern/dataset/dataset_reader.hpp"

#include "quern/base/error.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/store/file.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace quern {

namespace {

constexpr std::uint64_t kTextPartBytes = 64u << 20;
constexpr std::uint64_t kMostReasons = 256;  // codes are one byte

constexpr std::size_t index(Column column) { return static_cast<std::size_t>(column); }

std::string file_of(const std::string& path) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  return folder ? (std::filesystem::path(path) / kDatasetFileName).string() : path;
}

Hdf5File open_file(const std::string& path) {
  if (!path_exists(path)) fail(ErrorKind::store, "{}: is not there: name the output of a finished run (the folder with {} in it)", path, kDatasetFileName);
  File(path, File::Mode::read);  // says why a file is absent or closed to us; what HDF5 says after that is about what is in it
  try {
    return Hdf5File::open(path);
  } catch (const Error& error) {
    fail(ErrorKind::check, "{}. It is not an HDF5 file, or it is damaged or cut off", error.what());
  }
}

void must_be_a_dataset(const Hdf5File& file) {
  if (file.text_attribute("/", "format") == kShardFormatName) {
    fail(ErrorKind::check, "{}: holds a part of the tokens of a data set: give the folder, or the {} in it", file.path(), kDatasetFileName);
  }
  if (file.text_attribute("/", "format") != kFormatName) {
    fail(ErrorKind::check, "{}: an HDF5 file, but not a data set of quern", file.path());
  }
  const std::uint64_t version = file.number_attribute("/", "format_version");
  if (version == 0 || version > kFormatVersion) {
    fail(ErrorKind::check, "{}: format version {}, this program reads up to {}: use a newer quern", file.path(), version, kFormatVersion);
  }
}

void must_match(const Hdf5Dataset& found, const ColumnSpec& spec) {
  const Hdf5Type::Kind kind = spec.is_text ? Hdf5Type::Kind::text : Hdf5Type::Kind::number;
  if (found.type().kind != kind || (spec.bytes != 0 && found.type().bytes != spec.bytes)) {
    fail(ErrorKind::check, "{}: holds {}, it should hold {}", found.path(), name(found.type()), name(Hdf5Type{kind, spec.bytes}));
  }
  if (found.shape() != spec.shape) {
    fail(ErrorKind::check, "{}: shape ({}), by the other datasets it should be ({})", found.path(), fmt::join(found.shape(), ", "),
         fmt::join(spec.shape, ", "));
  }
}

}  // namespace

DatasetReader::DatasetReader(const std::string& path) : path_(file_of(path)), file_(open_file(path_)) {
  try {
    must_be_a_dataset(file_);
    open_columns();
    read_provenance();
    if (file_.has(kShardGroup)) read_shards();
  } catch (const Error& error) {
    fail(ErrorKind::check, "{}", error.what());  // whatever HDF5 cannot read of the structure: the file is damaged
  }
}

void DatasetReader::open_columns() {
  // Lengths first, each from the dataset that has no other: then every dataset is held against the table.
  DatasetShape any;
  any.metadata_bytes = file_.has("/documents/metadata_bytes") ? 1 : 0;
  const auto there = [&](const char* path) -> std::uint64_t { return file_.has(path) ? 1 : 0; };
  ListLengths lists = {0, 0, there("/languages"), there("/signals"), there("/flags"), there(kSplitGroup), there("/provenance/versions"), file_.has("/documents/cluster_size"),
                       file_.has("/documents/copy")};
  if (file_.has(kShardGroup)) lists.shards = 0;
  columns_.resize(kColumns);
  provenance_.file_digests = lists.file_digests = file_.has("/files/digest");
  for (const ColumnSpec& spec : dataset_columns(any, 0, lists)) {
    if (!file_.has(spec.path)) fail(ErrorKind::check, "{}: {} is missing", path_, spec.path);
    columns_[index(spec.column)] = file_.dataset(spec.path);
  }
  const auto rows = [&](Column which) { return column(which).rows(); };
  shape_ = {rows(Column::data),     rows(Column::doc_record), rows(Column::doc_id_bytes),   rows(Column::verdict),
            rows(Column::id_bytes), rows(Column::file_entry), rows(Column::file_name_bytes),
            any.metadata_bytes == 0 ? 0 : rows(Column::doc_metadata_bytes)};
  const std::uint64_t width = column(Column::data).type().bytes == 2 ? 2 : 4;
  lists.reasons = std::min(rows(Column::reason_names), kMostReasons);
  lists.sources = rows(Column::sources);
  const auto count = [&](std::uint64_t& length, Column names) { length = length == 0 ? 0 : rows(names); };
  count(lists.languages, Column::languages);
  count(lists.signals, Column::signal_names);
  count(lists.flags, Column::flag_names);
  count(lists.splits, Column::split_names);
  count(lists.versions, Column::versions);
  if (lists.shards) lists.shards = rows(Column::shard_tokens);
  for (const ColumnSpec& spec : dataset_columns(shape_, width, lists)) must_match(column(spec.column), spec);
  // Before a name is read: names are written last.
  if (text(Column::content_digest).empty()) fail(ErrorKind::check, "{}: the run that wrote it did not finish", path_);
  if (lists.languages != 0) provenance_.languages = column(Column::languages).read_texts();
  if (lists.flags != 0) provenance_.flags = column(Column::flag_names).read_texts();
  if (lists.signals != 0) provenance_.signals = column(Column::signal_names).read_texts();
  if (lists.versions != 0) provenance_.versions = column(Column::versions).read_texts();
  provenance_.counts_clusters = lists.clusters;
  read_order(lists);
  for (const std::string& name : provenance_.signals) {
    if (!file_.has(signal_path(name))) fail(ErrorKind::check, "{}: {} is missing", path_, signal_path(name));
    const Hdf5Dataset& signal = signals_.emplace_back(file_.dataset(signal_path(name)));
    if (signal.type() != Hdf5Type{Hdf5Type::Kind::real, sizeof(double)} || signal.shape() != std::vector<std::uint64_t>{shape_.n_docs}) {
      fail(ErrorKind::check, "{}: not a value of 64 bits for each document", signal.path());
    }
  }
}

void DatasetReader::read_order(const ListLengths& lists) {
  const std::string order = file_.text_attribute("/documents", "order");
  if (!order.empty() && order != kShuffled) fail(ErrorKind::check, "{}: /documents: there is no order '{}'", path_, order);
  if (file_.number_attribute("/", "format_version") == kRecordOrderVersion) {
    const bool plain = order.empty() && lists.splits == 0 && !lists.copies;
    if (!plain) fail(ErrorKind::check, "{}: format version {} has documents in the order of their records alone", path_, kRecordOrderVersion);
    return;
  }
  DocumentOrder& to = provenance_.order.emplace();
  to.shuffled = !order.empty();
  to.repeats = lists.copies;
  to.documents = lists.copies ? number(Column::documents) : shape_.n_docs;
  if (lists.splits == 0) return;
  to.splits = column(Column::split_names).read_texts();
  to.first_documents = offsets(Column::split_first, 0, lists.splits, shape_.n_docs);
}

void DatasetReader::read_provenance() {
  if (column(Column::verdict_names).read_texts() != verdict_names()) {
    fail(ErrorKind::check, "{}: /ledger/verdict_names: foreign names", path_);
  }
  reasons_ = column(Column::reason_names).read_texts();
  const std::vector<std::string> known = reason_names();  // codes are only ever appended: one list begins with the other
  if (!std::equal(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(std::min(known.size(), reasons_.size())), reasons_.begin())) {
    fail(ErrorKind::check, "{}: /ledger/reason_names: foreign names", path_);
  }
  Provenance& p = provenance_;
  p.job = text(Column::job);
  p.plan_digest = text(Column::plan_digest);
  p.quern_version = text(Column::quern_version);
  p.unicode_version = text(Column::unicode_version);
  p.tokenizer_digest = digest(Column::tokenizer_digest);
  p.vocab_size = number(Column::vocab_size);
  p.end_of_text = number(Column::end_of_text);
  p.records = number(Column::records);
  p.kept = number(Column::kept_count);
  p.removed = number(Column::removed);
  p.quarantined = number(Column::quarantined);
  p.tokens = number(Column::tokens);
  p.by_reason = rows_of<std::uint64_t>(Column::by_reason, 0, reasons_.size());
  p.sources = column(Column::sources).read_texts();
  content_digest_ = digest(Column::content_digest);
  seal_ = digest(Column::seal);
  if (token_bytes() != token_bytes_for(p.vocab_size)) {
    fail(ErrorKind::check, "{}: /data: tokens of {} bytes for a vocabulary of {}", path_, token_bytes(), p.vocab_size);
  }
}

/// Files without gaps, named as they must be: nothing else is opened for a name that stands in a file.
void DatasetReader::read_shards() {
  const std::uint64_t n = column(Column::shard_tokens).rows();
  if (n > kMostShards) fail(ErrorKind::check, "{}: {} shards; at most {}", column(Column::shard_tokens).path(), n, kMostShards);
  const auto names = column(Column::shard_name).read_texts(), tokens_xxh3 = column(Column::shard_tokens_xxh3).read_texts(),
             file_xxh3 = column(Column::shard_file_xxh3).read_texts(), sha256 = column(Column::shard_file_sha256).read_texts();
  const auto first = rows_of<std::uint64_t>(Column::shard_first_token, 0, n), tokens = rows_of<std::uint64_t>(Column::shard_tokens, 0, n),
             bytes = rows_of<std::uint64_t>(Column::shard_file_bytes, 0, n);
  std::vector<Shard> shards;
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto of_tokens = hash128_from_hex(tokens_xxh3[i]), of_file = hash128_from_hex(file_xxh3[i]);
    const auto sha = sha256_from_hex(sha256[i]);
    const bool fits = names[i] == shard_name(i) && first[i] == end && tokens[i] > 0 && tokens[i] <= shape_.n_tokens - end;
    if (!fits || !of_tokens || !of_file || !sha) fail(ErrorKind::check, "{}: /shards: row {} does not fit the others or is no checksum", path_, i);
    shards.push_back({i, first[i], tokens[i], *of_tokens, {bytes[i], *of_file, *sha}});
    end += tokens[i];
  }
  if (end != shape_.n_tokens) fail(ErrorKind::check, "{}: /shards: {} of {} tokens", path_, end, shape_.n_tokens);
  shards_.emplace(std::filesystem::path(path_).parent_path().string(), std::move(shards), provenance_);
}

std::vector<Hdf5Source> DatasetReader::virtual_sources() const { return column(Column::data).sources(); }

const Hdf5Dataset& DatasetReader::column(Column which) const { return columns_[index(which)]; }

std::uint64_t DatasetReader::token_bytes() const { return column(Column::data).type().bytes; }

template <class T>
std::vector<T> DatasetReader::rows_of(Column which, std::uint64_t first, std::uint64_t rows) const {
  std::vector<T> values(rows * column(which).elements_per_row());
  column(which).read_rows(first, std::span<T>(values));
  return values;
}

std::uint64_t DatasetReader::number(Column which, std::uint64_t row) const { return rows_of<std::uint64_t>(which, row, 1)[0]; }

std::string DatasetReader::text(Column which) const { return column(which).read_texts().at(0); }

Hash128 DatasetReader::digest(Column which) const {
  const std::optional<Hash128> value = hash128_from_hex(text(which));
  if (!value) fail(ErrorKind::check, "{}: not 32 hexadecimal digits", column(which).path());
  return *value;
}

std::string_view DatasetReader::verdict_name(const LedgerRow& row, std::uint64_t record) const {
  if (row.verdict > Verdict::quarantined) {
    fail(ErrorKind::check, "{}: /ledger/verdict: row {}: there is no verdict {}", path_, record, static_cast<unsigned>(row.verdict));
  }
  return name(row.verdict);
}

std::string_view DatasetReader::reason_name(const LedgerRow& row, std::uint64_t record) const {
  const auto code = static_cast<std::size_t>(row.reason);
  if (code >= reasons_.size()) fail(ErrorKind::check, "{}: /ledger/reason: row {}: there is no reason {}", path_, record, code);
  return reasons_[code];
}

std::string_view DatasetReader::language_name(std::uint64_t language, std::uint64_t record) const {
  if (language >= provenance_.languages.size()) {
    fail(ErrorKind::check, "{}: /documents/language: record {}: there is no language {}", path_, record, language);
  }
  return provenance_.languages[language];
}

std::string_view DatasetReader::source_name(std::uint64_t source, std::uint64_t record) const {
  if (source >= provenance_.sources.size()) {
    fail(ErrorKind::check, "{}: /ledger/source: row {}: there is no source {}", path_, record, source);
  }
  return provenance_.sources[source];
}

/// `rows` + 1 offsets from row `first` on: rising, within `total`, from 0 at the first row to `total` at the end.
std::vector<std::uint64_t> DatasetReader::offsets(Column which, std::uint64_t first, std::uint64_t rows, std::uint64_t total) const {
  std::vector<std::uint64_t> start = rows_of<std::uint64_t>(which, first, rows + 1);
  const bool at_end = first + rows + 1 == column(which).rows();
  if (first == 0 && start[0] != 0) fail(ErrorKind::check, "{}: row 0 is {}, not 0", column(which).path(), start[0]);
  for (std::size_t i = 0; i + 1 < start.size(); ++i) {
    if (start[i] > start[i + 1] || start[i + 1] > total) {
      fail(ErrorKind::check, "{}: rows {} and {} are {} and {}: not offsets that rise to {}", column(which).path(), first + i,
           first + i + 1, start[i], start[i + 1], total);
    }
  }
  if (at_end && start.back() != total) fail(ErrorKind::check, "{}: ends with {}, not with {}", column(which).path(), start.back(), total);
  return start;
}

TextPart DatasetReader::texts(Column start, Column bytes, std::uint64_t first, std::uint64_t rows) const {
  TextPart part;
  part.start = offsets(start, first, rows, column(bytes).rows());
  const auto beyond = std::upper_bound(part.start.begin(), part.start.end(), part.start[0] + kTextPartBytes) - part.start.begin();
  part.start.resize(std::min<std::size_t>(part.start.size(), std::max<std::size_t>(static_cast<std::size_t>(beyond), 2)));
  part.bytes.resize(part.start.back() - part.start[0]);
  column(bytes).read_rows(part.start[0], std::span(reinterpret_cast<std::uint8_t*>(part.bytes.data()), part.bytes.size()));
  return part;
}

void DatasetReader::read_extras(DocumentPart& part) const {
  const std::uint64_t n = part.start.size() - 1;
  if (!provenance_.languages.empty()) {
    part.language = rows_of<std::uint16_t>(Column::doc_language, part.first, n);
    part.language_score = rows_of<std::uint16_t>(Column::doc_language_score, part.first, n);
  }
  if (!provenance_.flags.empty()) part.flags = rows_of<std::uint8_t>(Column::doc_flags, part.first, n);
  if (provenance_.counts_clusters) part.cluster_size = rows_of<std::uint32_t>(Column::doc_cluster_size, part.first, n);
  if (repeats()) part.copy = rows_of<std::uint16_t>(Column::doc_copy, part.first, n);
  for (const Hdf5Dataset& signal : signals_) {
    signal.read_rows(part.first, std::span<double>(part.signals.emplace_back(n)));
  }
}

TextPart DatasetReader::own_ids(std::uint64_t first, std::uint64_t rows) const {
  return texts(Column::id_start, Column::id_bytes, first, rows);
}

LedgerPart DatasetReader::ledger(std::uint64_t first, std::uint64_t rows) const {
  LedgerPart part{first, {}, own_ids(first, rows)};
  const std::size_t n = part.own_ids.size();
  const auto verdict = verdicts(first, n);
  const auto reason = rows_of<std::uint8_t>(Column::reason, first, n);
  const auto source = rows_of<std::uint16_t>(Column::source, first, n);
  const auto file = rows_of<std::uint32_t>(Column::file, first, n);
  const auto offset = rows_of<std::uint64_t>(Column::offset, first, n);
  const auto kept = rows_of<std::uint64_t>(Column::kept, first, n);
  const auto similarity = rows_of<std::uint32_t>(Column::similarity, first, n);
  part.rows.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    part.rows.push_back({static_cast<Verdict>(verdict[i]),
                         static_cast<Reason>(reason[i]),
                         source[i],
                         file[i],
                         offset[i],
                         kept[i],
                         {similarity[2 * i], similarity[2 * i + 1]}});
  }
  return part;
}

DocumentPart DatasetReader::documents(std::uint64_t first, std::uint64_t rows) const {
  DocumentPart part;
  part.first = first;
  if (has_metadata()) {
    part.metadata = texts(Column::doc_metadata_start, Column::doc_metadata_bytes, first, rows);
    rows = part.metadata.size();
  }
  part.own_ids = texts(Column::doc_id_start, Column::doc_id_bytes, first, rows);
  const std::size_t n = part.own_ids.size();
  if (has_metadata() && part.metadata.size() > n) part.metadata.shorten(n);
  part.start = offsets(Column::doc_start, first, n, shape_.n_tokens);
  part.record = rows_of<std::uint64_t>(Column::doc_record, first, n);
  part.source = rows_of<std::uint16_t>(Column::doc_source, first, n);
  const auto place = rows_of<std::uint64_t>(Column::doc_place, first, n);
  for (std::size_t i = 0; i < n; ++i) part.place.push_back({place[2 * i], place[2 * i + 1]});
  read_extras(part);
  return part;
}

std::vector<std::uint64_t> DatasetReader::document_starts(std::uint64_t first, std::uint64_t rows) const {
  return offsets(Column::doc_start, first, rows, shape_.n_tokens);
}

FilePart DatasetReader::files(std::uint64_t first, std::uint64_t rows) const {
  FilePart part{first, {}, texts(Column::file_name_start, Column::file_name_bytes, first, rows), {}};
  const std::size_t n = part.names.size();
  part.entry = rows_of<std::uint16_t>(Column::file_entry, first, n);
  if (!provenance_.file_digests) return part;
  const auto bytes = rows_of<std::uint64_t>(Column::file_size, first, n), digests = rows_of<std::uint64_t>(Column::file_digest, first, n);
  for (std::size_t i = 0; i < n; ++i) part.contents.push_back({bytes[i], {digests[2 * i], digests[2 * i + 1]}});
  return part;
}

std::vector<std::uint8_t> DatasetReader::verdicts(std::uint64_t first, std::uint64_t rows) const {
  return rows_of<std::uint8_t>(Column::verdict, first, rows);
}

std::vector<Reason> DatasetReader::reason_codes(std::uint64_t first, std::uint64_t rows) const {
  const auto codes = rows_of<std::uint8_t>(Column::reason, first, rows);
  std::vector<Reason> reasons(codes.size());
  std::transform(codes.begin(), codes.end(), reasons.begin(), [](std::uint8_t code) { return static_cast<Reason>(code); });
  return reasons;
}

std::vector<RecordPlace> DatasetReader::places(std::uint64_t first, std::uint64_t rows) const {
  const auto file = rows_of<std::uint32_t>(Column::file, first, rows);
  const auto offset = rows_of<std::uint64_t>(Column::offset, first, rows);
  std::vector<RecordPlace> places(rows);
  for (std::size_t i = 0; i < rows; ++i) places[i] = {file[i], offset[i]};
  return places;
}

std::vector<std::uint16_t> DatasetReader::source_codes(std::uint64_t first, std::uint64_t rows) const {
  return rows_of<std::uint16_t>(Column::source, first, rows);
}

std::vector<std::uint64_t> DatasetReader::kept_records(std::uint64_t first, std::uint64_t rows) const {
  return rows_of<std::uint64_t>(Column::kept, first, rows);
}

DocumentPart DatasetReader::measures(std::uint64_t first, std::uint64_t rows) const {
  DocumentPart part;
  part.first = first;
  part.start = offsets(Column::doc_start, first, rows, shape_.n_tokens);
  part.source = rows_of<std::uint16_t>(Column::doc_source, first, rows);
  read_extras(part);
  return part;
}

template <class T>
void DatasetReader::read_tokens(std::uint64_t first, std::span<T> tokens) const {
  if (!shards_) return column(Column::data).read_rows(first, tokens);
  if (first > shape_.n_tokens || tokens.size() > shape_.n_tokens - first) {
    fail(ErrorKind::store, "{}: {} tokens from {} on are outside its {}", column(Column::data).path(), tokens.size(), first, shape_.n_tokens);
  }
  shards_->read(first, tokens);
}

void DatasetReader::tokens(std::uint64_t first, std::span<std::uint32_t> tokens) const {
  if (token_bytes() == 4) return read_tokens(first, tokens);
  std::vector<std::uint16_t> narrow(tokens.size());
  read_tokens(first, std::span<std::uint16_t>(narrow));
  std::copy(narrow.begin(), narrow.end(), tokens.begin());
}

std::uint64_t DatasetReader::first_document_of(std::uint64_t record) const {
  std::uint64_t low = 0, high = shape_.n_docs;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (number(Column::doc_record, middle) < record) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::string record_name(const DatasetReader& data, std::uint64_t record) {
  const TextPart id = data.own_ids(record, 1);
  if (!id[0].empty()) return std::string(id[0]);
  const RecordPlace place = data.places(record, 1)[0];
  if (place.file >= data.shape().n_files) fail(ErrorKind::check, "{}: /ledger/file: there is no file {}", data.path(), place.file);
  return fmt::format("{}:{}", data.files(place.file, 1).names[0], place.offset);
}

}  // namespace quern
