#include "quern/write/dataset_writer.hpp"

#include "quern/base/error.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/dataset/packed_bytes.hpp"
#include "quern/store/file.hpp"
#include "quern/write/content_digest.hpp"
#include "write/together.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

namespace quern {

namespace {

constexpr std::size_t index(Column column) { return static_cast<std::size_t>(column); }

std::uint64_t longest(const std::vector<std::string>& texts) {
  std::uint64_t bytes = 1;
  for (const std::string& text : texts) bytes = std::max<std::uint64_t>(bytes, text.size());
  return bytes;
}

/// The texts of a text column, all of which are known from the start, but for the digest and the seal.
std::vector<std::string> texts_of(Column column, const Provenance& provenance) {
  switch (column) {
    case Column::verdict_names: return verdict_names();
    case Column::reason_names: return reason_names();
    case Column::sources: return provenance.sources;
    case Column::languages: return provenance.languages;
    case Column::signal_names: return provenance.signals;
    case Column::flag_names: return provenance.flags;
    case Column::split_names: return provenance.order ? provenance.order->splits : std::vector<std::string>();
    case Column::versions: return provenance.versions;
    case Column::job: return {provenance.job};
    case Column::plan_digest: return {provenance.plan_digest};
    case Column::quern_version: return {provenance.quern_version};
    case Column::unicode_version: return {provenance.unicode_version};
    case Column::tokenizer_digest: return {provenance.tokenizer_digest.hex()};
    default: return {};
  }
}

std::string_view text_at(const TextColumn& texts, std::size_t i) {
  const std::uint64_t end = i + 1 < texts.start.size() ? texts.start[i + 1] : texts.start[0] + texts.bytes.size();
  return texts.bytes.substr(texts.start[i] - texts.start[0], end - texts.start[i]);
}

void must_add_up(const DatasetShape& shape, const Provenance& p) {
  const std::uint64_t by_reason = std::accumulate(p.by_reason.begin(), p.by_reason.end(), std::uint64_t{0});
  const std::uint64_t documents = p.order ? p.order->documents : p.kept;
  const bool right = p.kept + p.removed + p.quarantined == p.records && by_reason == p.records && p.records == shape.n_records &&
                     documents == shape.n_docs && p.tokens == shape.n_tokens;
  if (!right) {
    fail(ErrorKind::check,
         "counts do not add up: {} records, {} by reason, {} rows; {} kept, {} documents; {} removed, {} quarantined; {} tokens, {} rows",
         p.records, by_reason, shape.n_records, p.kept, shape.n_docs, p.removed, p.quarantined, p.tokens, shape.n_tokens);
  }
  if (p.by_reason.size() != kReasonNames.size() || p.by_reason[0] != p.kept) {
    fail(ErrorKind::check, "counts by reason do not add up: {} reasons of {}, {} kept", p.by_reason.size(), kReasonNames.size(), p.kept);
  }
  if (p.end_of_text >= p.vocab_size) {
    fail(ErrorKind::check, "the end-of-text id {} is outside the vocabulary of {} entries", p.end_of_text, p.vocab_size);
  }
}

/// All ranks must make the same file; a difference would show as a hang or as damaged metadata.
void must_agree(const DatasetShape& shape, const Provenance& provenance, std::uint64_t shard_tokens, World& world) {
  std::string bytes;
  pack_number(bytes, shard_tokens);
  for (const std::uint64_t n : {shape.doc_id_bytes, shape.record_id_bytes, shape.n_files, shape.file_name_bytes, shape.metadata_bytes}) pack_number(bytes, n);
  bytes += seal_of_provenance(provenance, {}, {}).hex();
  const std::uint64_t mine = hash64(bytes);
  if (world.min(mine) != world.max(mine)) fail(ErrorKind::internal, "ranks differ on the shape or the provenance of the data set");
}

/// Where one rank cannot open the file, MPI-IO would say little, and leave the others waiting (Open MPI 4.1). So it is asked here first.
void open_plainly(const std::string& path, World& world, DatasetWriter::Begin begin) {
  together(world, [&] {
    if (world.is_root() && begin == DatasetWriter::Begin::anew) File(path, File::Mode::replace).close();
  });
  together(world, [&] { File(path, File::Mode::update).close(); });
}

void must_be_few(const ShardCut& cut) {
  if (cut.shards() <= kMostShards) return;
  fail(ErrorKind::plan, "output.shard_tokens: {} tokens in shards of {} are {} files; at most {}: set it higher", cut.n_tokens, cut.shard_tokens, cut.shards(),
       kMostShards);
}

Hdf5File open_file(const std::string& path, const DatasetShape& shape, const Provenance& provenance, World& world, DatasetWriter::Begin begin,
                   std::uint64_t shard_tokens) {
  must_agree(shape, provenance, shard_tokens, world);
  std::optional<Hdf5File> file;
  together(world, [&] {
    must_add_up(shape, provenance);
    if (shard_tokens != 0) must_be_few({shape.n_tokens, shard_tokens});
  });
  open_plainly(path, world, begin);
  together(world, [&] {
    file = begin == DatasetWriter::Begin::anew ? Hdf5File::create(path, world.native()) : Hdf5File::update(path, world.native());
  });
  return std::move(*file);
}

}  // namespace

DatasetWriter::DatasetWriter(const std::string& path, const DatasetShape& shape, const Provenance& provenance, World& world, Begin begin,
                             std::uint64_t shard_tokens)
    : path_(path),
      shape_(shape),
      provenance_(provenance),
      shard_tokens_(shard_tokens),
      file_(open_file(path, shape, provenance, world, begin, shard_tokens)) {
  columns_.resize(kColumns);
  together(world, [&] {
    if (begin == Begin::anew) make_columns();
    else find_columns();
    bytes_ = File(path_, File::Mode::read);
  });
  if (begin == Begin::go_on) return;
  together(world, [&] { file_.flush(); });
  together(world, [&] {
    if (world.is_root()) sync();
  });
}

std::vector<ColumnSpec> DatasetWriter::specs() const {
  const Provenance& p = provenance_;
  ListLengths lists = {kReasonNames.size(), p.sources.size(), p.languages.size(), p.signals.size(), p.flags.size(),
                       p.order ? p.order->splits.size() : 0, p.versions.size(), p.counts_clusters, p.order && p.order->repeats, p.file_digests};
  if (is_sharded()) lists.shards = shard_cut().shards();
  return dataset_columns(shape_, token_bytes(), lists);
}

Hdf5Dataset DatasetWriter::make_column(const ColumnSpec& spec) {
  if (spec.column == Column::shard_name) return file_.make_texts(spec.path, shard_name(shard_cut().shards()).size(), spec.shape);
  if (spec.is_text) return file_.make_texts(spec.path, spec.bytes != 0 ? spec.bytes : longest(texts_of(spec.column, provenance_)), spec.shape);
  // Without a token there is no shard, and of nothing no virtual dataset can be made.
  if (spec.column == Column::data && is_sharded() && shape_.n_tokens > 0) {
    return file_.make_virtual(spec.path, spec.bytes, shape_.n_tokens, shard_sources(shard_cut()));
  }
  return file_.make_numbers(spec.path, spec.bytes, spec.shape);
}

void DatasetWriter::make_columns() {
  file_.set_attribute("/", "format", kFormatName);
  file_.set_attribute("/", "format_version", provenance_.order ? kFormatVersion : kRecordOrderVersion);
  for (const char* group : kDatasetGroups) file_.make_group(group);
  if (provenance_.order && !provenance_.order->splits.empty()) file_.make_group(kSplitGroup);
  if (provenance_.order && provenance_.order->shuffled) file_.set_attribute("/documents", "order", std::string_view(kShuffled));
  if (is_sharded()) file_.make_group(kShardGroup);
  for (const ColumnSpec& spec : specs()) {
    columns_[index(spec.column)] = make_column(spec);
    file_.set_attribute(spec.path, "about", std::string_view(spec.about));
  }
  if (!provenance_.signals.empty()) file_.make_group(kSignalGroup);
  for (const std::string& name : provenance_.signals) {
    signals_.push_back(file_.make_reals(signal_path(name), {shape_.n_docs}));
    file_.set_attribute(signal_path(name), "about", std::string_view("signal of each document; docs/filters.md says which; NaN: 0 / 0"));
  }
}

void DatasetWriter::find_columns() {
  for (const ColumnSpec& spec : specs()) {
    Hdf5Dataset& column = columns_[index(spec.column)] = file_.dataset(spec.path);
    if (column.shape() != spec.shape) fail(ErrorKind::store, "{}: has another shape than this run's data set: give --restart to begin anew", column.path());
  }
  for (const std::string& name : provenance_.signals) signals_.push_back(file_.dataset(signal_path(name)));
}

DatasetPart DatasetWriter::take_part() { return {std::exchange(written_, {}), std::exchange(seal_, {})}; }

void DatasetWriter::add_part(const DatasetPart& part) {
  written_.n_tokens += part.rows.n_tokens;
  written_.n_docs += part.rows.n_docs;
  written_.doc_id_bytes += part.rows.doc_id_bytes;
  written_.n_records += part.rows.n_records;
  written_.record_id_bytes += part.rows.record_id_bytes;
  written_.n_files += part.rows.n_files;
  written_.file_name_bytes += part.rows.file_name_bytes;
  written_.metadata_bytes += part.rows.metadata_bytes;
  seal_ = ContentDigest::combine(seal_, part.seal);
}

void DatasetWriter::sync() { bytes_.sync(); }

std::uint64_t DatasetWriter::token_bytes() const { return token_bytes_for(provenance_.vocab_size); }

template <class T>
void DatasetWriter::write_token_rows(std::uint64_t first, std::span<const T> tokens) {
  if (is_sharded()) fail(ErrorKind::internal, "{}: tokens of layout `sharded` go into the shards", path_);
  if (sizeof(T) != token_bytes()) fail(ErrorKind::internal, "{}: tokens of {} bytes for /data of {}", path_, sizeof(T), token_bytes());
  Hdf5Dataset& data = columns_[index(Column::data)];
  data.write_rows(first, tokens);
  // The disk works while the next tokens are read: what close() waits for is then little.
  bytes_.start_writing(data.byte_offset() + first * sizeof(T), tokens.size_bytes());
  written_.n_tokens += tokens.size();
}

void DatasetWriter::write_tokens(std::uint64_t first, std::span<const std::uint16_t> tokens) { write_token_rows(first, tokens); }
void DatasetWriter::write_tokens(std::uint64_t first, std::span<const std::uint32_t> tokens) { write_token_rows(first, tokens); }

void DatasetWriter::write_texts(Column start, Column bytes, std::uint64_t first, const TextColumn& texts, std::size_t rows) {
  if (texts.start.size() != rows) fail(ErrorKind::internal, "{}: {} texts for {} rows", path_, texts.start.size(), rows);
  if (rows == 0) return;
  columns_[index(start)].write_rows(first, texts.start);
  columns_[index(bytes)].write_rows(texts.start[0],
                                    std::span(reinterpret_cast<const std::uint8_t*>(texts.bytes.data()), texts.bytes.size()));
}

void DatasetWriter::write_documents(std::uint64_t first, const DocumentColumns& d) {
  const std::size_t rows = d.record.size();
  if (d.start.size() != rows || d.place.size() != rows || d.source.size() != rows) {
    fail(ErrorKind::internal, "{}: document columns of different lengths", path_);
  }
  std::vector<std::uint64_t> places;
  places.reserve(2 * rows);
  for (const RecordPlace& place : d.place) places.insert(places.end(), {place.file, place.offset});
  columns_[index(Column::doc_start)].write_rows(first, d.start);
  columns_[index(Column::doc_record)].write_rows(first, d.record);
  columns_[index(Column::doc_place)].write_rows(first, std::span<const std::uint64_t>(places));
  columns_[index(Column::doc_source)].write_rows(first, d.source);
  write_texts(Column::doc_id_start, Column::doc_id_bytes, first, d.own_id, rows);
  write_extras(first, d);
  written_.n_docs += rows;
  written_.doc_id_bytes += d.own_id.bytes.size();
}

void DatasetWriter::write_extras(std::uint64_t first, const DocumentColumns& d) {
  const std::size_t rows = d.record.size();
  const bool language = !provenance_.languages.empty(), metadata = shape_.metadata_bytes > 0, flags = !provenance_.flags.empty();
  const bool clusters = provenance_.counts_clusters, copies = provenance_.order && provenance_.order->repeats;
  if ((clusters && d.cluster_size.size() != rows) || (copies && d.copy.size() != rows)) {
    fail(ErrorKind::internal, "{}: document columns of different lengths", path_);
  }
  if (clusters) columns_[index(Column::doc_cluster_size)].write_rows(first, d.cluster_size);
  if (copies) columns_[index(Column::doc_copy)].write_rows(first, d.copy);
  for (std::size_t i = 0; copies && i < rows; ++i) {
    if (d.copy[i] == 0) continue;
    seal_ = ContentDigest::combine(seal_, seal_of_copy(first + i, d.place[i], d.source[i], clusters ? d.cluster_size[i] : 1, text_at(d.own_id, i)));
  }
  if (!language && !metadata && !flags && signals_.empty()) return;
  if ((language && (d.language.size() != rows || d.language_score.size() != rows)) || (flags && d.flags.size() != rows) || d.signals.size() != signals_.size()) {
    fail(ErrorKind::internal, "{}: document columns of different lengths", path_);
  }
  if (language) {
    columns_[index(Column::doc_language)].write_rows(first, d.language);
    columns_[index(Column::doc_language_score)].write_rows(first, d.language_score);
  }
  if (flags) columns_[index(Column::doc_flags)].write_rows(first, d.flags);
  if (metadata) write_texts(Column::doc_metadata_start, Column::doc_metadata_bytes, first, d.metadata, rows);
  for (std::size_t s = 0; s < signals_.size(); ++s) signals_[s].write_rows(first, std::span<const double>(d.signals[s]));
  std::vector<double> values(signals_.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t s = 0; s < values.size(); ++s) values[s] = d.signals[s].at(i);
    const std::string_view label = language ? std::string_view(provenance_.languages.at(d.language[i])) : std::string_view();
    seal_ = ContentDigest::combine(seal_, seal_of_extras(d.record[i], label, language ? d.language_score[i] : 0,
                                                         metadata ? text_at(d.metadata, i) : std::string_view(), values, flags ? d.flags[i] : 0));
  }
  written_.metadata_bytes += d.metadata.bytes.size();
}

template <class Field>
void DatasetWriter::write_field(Column column, std::uint64_t first, std::span<const LedgerRow> rows, Field field) {
  std::vector<decltype(field(rows[0]))> values(rows.size());
  std::transform(rows.begin(), rows.end(), values.begin(), field);
  columns_[index(column)].write_rows(first, std::span<const decltype(field(rows[0]))>(values));
}

void DatasetWriter::write_ledger(std::uint64_t first, std::span<const LedgerRow> rows, const TextColumn& own_ids) {
  write_field(Column::verdict, first, rows, [](const LedgerRow& row) { return static_cast<std::uint8_t>(row.verdict); });
  write_field(Column::reason, first, rows, [](const LedgerRow& row) { return static_cast<std::uint8_t>(row.reason); });
  write_field(Column::source, first, rows, [](const LedgerRow& row) { return row.source; });
  write_field(Column::file, first, rows, [](const LedgerRow& row) { return row.file; });
  write_field(Column::offset, first, rows, [](const LedgerRow& row) { return row.offset; });
  write_field(Column::kept, first, rows, [](const LedgerRow& row) { return row.kept; });
  std::vector<std::uint32_t> similarity;
  similarity.reserve(2 * rows.size());
  for (const LedgerRow& row : rows) similarity.insert(similarity.end(), {row.similarity.numerator, row.similarity.denominator});
  columns_[index(Column::similarity)].write_rows(first, std::span<const std::uint32_t>(similarity));
  write_texts(Column::id_start, Column::id_bytes, first, own_ids, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    seal_ = ContentDigest::combine(seal_, seal_of_place(first + i, rows[i].file, rows[i].offset));
  }
  written_.n_records += rows.size();
  written_.record_id_bytes += own_ids.bytes.size();
}

void DatasetWriter::write_files(std::uint64_t first, std::span<const std::uint16_t> entries, const TextColumn& names) {
  columns_[index(Column::file_entry)].write_rows(first, entries);
  write_texts(Column::file_name_start, Column::file_name_bytes, first, names, entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    seal_ = ContentDigest::combine(seal_, seal_of_file(first + i, entries[i], text_at(names, i)));
  }
  written_.n_files += entries.size();
  written_.file_name_bytes += names.bytes.size();
}

void DatasetWriter::write_file_contents(std::uint64_t first, std::span<const FileContent> contents) {
  if (!provenance_.file_digests) fail(ErrorKind::internal, "{}: digests of files that its provenance does not speak of", path_);
  std::vector<std::uint64_t> bytes, digests;
  for (const FileContent& content : contents) {
    bytes.push_back(content.bytes);
    digests.insert(digests.end(), {content.digest.high, content.digest.low});
    seal_ = ContentDigest::combine(seal_, seal_of_file_content(first + bytes.size() - 1, content));
  }
  columns_[index(Column::file_size)].write_rows(first, std::span<const std::uint64_t>(bytes));
  columns_[index(Column::file_digest)].write_rows(first, std::span<const std::uint64_t>(digests));
}

void DatasetWriter::write_shards(std::vector<Shard> shards) {
  std::ranges::sort(shards, {}, &Shard::number);
  const auto numbers = [&](Column column, auto field) {
    std::vector<std::uint64_t> values(shards.size());
    std::ranges::transform(shards, values.begin(), field);
    columns_[index(column)].write_rows(0, std::span<const std::uint64_t>(values));
  };
  const auto texts = [&](Column column, auto text_of) {
    std::vector<std::string> values(shards.size());
    std::ranges::transform(shards, values.begin(), text_of);
    columns_[index(column)].write_texts(values);
  };
  texts(Column::shard_name, [](const Shard& shard) { return shard_name(shard.number); });
  numbers(Column::shard_first_token, [](const Shard& shard) { return shard.first_token; });
  numbers(Column::shard_tokens, [](const Shard& shard) { return shard.tokens; });
  texts(Column::shard_tokens_xxh3, [](const Shard& shard) { return shard.tokens_xxh3.hex(); });
  numbers(Column::shard_file_bytes, [](const Shard& shard) { return shard.file.bytes; });
  texts(Column::shard_file_xxh3, [](const Shard& shard) { return shard.file.xxh3.hex(); });
  texts(Column::shard_file_sha256, [](const Shard& shard) { return shard.file.sha256.hex(); });
  for (const Shard& shard : shards) {
    seal_ = ContentDigest::combine(seal_, seal_of_shard(shard));
    written_.n_tokens += shard.tokens;
  }
}

void DatasetWriter::must_be_full(World& world) {
  std::array<std::uint64_t, 8> sums = {written_.n_tokens, written_.n_docs,          written_.doc_id_bytes,  written_.n_records, written_.record_id_bytes,
                                       written_.n_files,  written_.file_name_bytes, written_.metadata_bytes};
  world.all_reduce_sum(sums);
  const DatasetShape all = {sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]};
  if (all == shape_) return;
  fail(ErrorKind::internal, "{}: not every row was written once: {} of {} tokens, {} of {} documents, {} of {} records, {} of {} files",
       path_, all.n_tokens, shape_.n_tokens, all.n_docs, shape_.n_docs, all.n_records, shape_.n_records, all.n_files, shape_.n_files);
}

void DatasetWriter::write_provenance(const Hash128& content_digest, const Hash128& seal) {
  const auto number = [&](Column column, std::uint64_t row, std::uint64_t value) {
    columns_[index(column)].write_rows(row, std::span<const std::uint64_t>(&value, 1));
  };
  number(Column::doc_start, shape_.n_docs, shape_.n_tokens);
  number(Column::doc_id_start, shape_.n_docs, shape_.doc_id_bytes);
  number(Column::id_start, shape_.n_records, shape_.record_id_bytes);
  if (shape_.metadata_bytes > 0) number(Column::doc_metadata_start, shape_.n_docs, shape_.metadata_bytes);
  number(Column::file_name_start, shape_.n_files, shape_.file_name_bytes);
  for (const Column column : {Column::verdict_names, Column::reason_names, Column::sources, Column::job, Column::plan_digest,
                              Column::quern_version, Column::unicode_version, Column::tokenizer_digest}) {
    columns_[index(column)].write_texts(texts_of(column, provenance_));
  }
  for (const Column column : {Column::languages, Column::signal_names, Column::flag_names, Column::split_names, Column::versions}) {
    if (const auto names = texts_of(column, provenance_); !names.empty()) columns_[index(column)].write_texts(names);
  }
  number(Column::vocab_size, 0, provenance_.vocab_size);
  number(Column::end_of_text, 0, provenance_.end_of_text);
  number(Column::records, 0, provenance_.records);
  number(Column::kept_count, 0, provenance_.kept);
  if (provenance_.order && provenance_.order->repeats) number(Column::documents, 0, provenance_.order->documents);
  if (provenance_.order && !provenance_.order->splits.empty()) {
    columns_[index(Column::split_first)].write_rows(0, std::span<const std::uint64_t>(provenance_.order->first_documents));
  }
  number(Column::removed, 0, provenance_.removed);
  number(Column::quarantined, 0, provenance_.quarantined);
  number(Column::tokens, 0, provenance_.tokens);
  columns_[index(Column::by_reason)].write_rows(0, std::span<const std::uint64_t>(provenance_.by_reason));
  columns_[index(Column::seal)].write_texts(std::vector<std::string>{seal.hex()});
  columns_[index(Column::content_digest)].write_texts(std::vector<std::string>{content_digest.hex()});
}

void DatasetWriter::close(const Hash128& content_digest, World& world) {
  must_be_full(world);
  const Hash128 seal = ContentDigest::combine(sum_of_hashes(seal_, world), seal_of_provenance(provenance_, reason_names(), content_digest));
  together(world, [&] { sync(); });         // with signs of life: the flush is then quick
  together(world, [&] { file_.flush(); });  // every rank's data are with the file system before the digest says that they are there
  together(world, [&] {
    if (world.is_root()) write_provenance(content_digest, seal);
  });
  together(world, [&] { file_.flush(); });
  together(world, [&] {
    columns_.clear();
    signals_.clear();
    file_.close();
  });
  together(world, [&] {
    if (world.is_root()) sync();
  });
}

}  // namespace quern
