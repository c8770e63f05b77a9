#pragma once
// A made-up data set, the same for every caller, and a way to write any ranges of it. Used with and without MPI.

#include "quern/comm/world.hpp"
#include "quern/dataset/dataset.hpp"
#include "quern/store/file.hpp"
#include "quern/write/content_digest.hpp"
#include "quern/write/dataset_writer.hpp"
#include "quern/write/shard_writer.hpp"
#include "temp_folder.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace quern::test {

struct Sample {
  struct Record {
    LedgerRow row;
    std::string own_id;
    std::vector<std::uint32_t> tokens;  // of kept records, as all that follows
    std::uint16_t language = 0, language_score = 0;
    std::string metadata = {};
    std::vector<double> signals = {};
    std::uint8_t flags = 0;
    std::uint32_t cluster_size = 1;
  };
  struct InputFile {
    std::uint16_t entry = 0;
    std::string name;
  };
  std::vector<InputFile> files;
  std::vector<Record> records;
  Provenance provenance;

  DatasetShape shape() const {
    DatasetShape shape;
    for (const InputFile& file : files) shape.file_name_bytes += file.name.size();
    for (const Record& record : records) {
      shape.record_id_bytes += record.own_id.size();
      shape.n_tokens += record.tokens.size();
      if (record.row.verdict != Verdict::kept) continue;
      ++shape.n_docs;
      shape.doc_id_bytes += record.own_id.size();
      shape.metadata_bytes += record.metadata.size();
    }
    shape.n_records = records.size();
    shape.n_files = files.size();
    return shape;
  }

  void add_to(ContentDigest& digest, std::uint64_t number) const {
    const Record& record = records[number];
    const RecordContent content = content_of(number, record.row, provenance.sources[record.row.source], record.own_id);
    if (record.row.verdict != Verdict::kept) return digest.add(content);
    digest.add(content, std::span<const std::uint32_t>(record.tokens));
  }
  Hash128 digest() const {
    ContentDigest digest;
    for (std::uint64_t i = 0; i < records.size(); ++i) add_to(digest, i);
    return digest.partial();
  }

  /// Counts as they follow from the records.
  void count() {
    Provenance& p = provenance;
    p.records = records.size();
    p.kept = p.removed = p.quarantined = p.tokens = 0;
    p.by_reason.assign(kReasonNames.size(), 0);
    for (const Record& record : records) {
      ++(record.row.verdict == Verdict::kept ? p.kept : record.row.verdict == Verdict::removed ? p.removed : p.quarantined);
      ++p.by_reason[static_cast<std::size_t>(record.row.reason)];
      p.tokens += record.tokens.size();
    }
  }
};

/// `records` records, some of every kind; ids with every escape, some missing; documents of 1 to some hundred tokens.
inline Sample make_sample(std::size_t records, std::uint64_t vocab_size = 50'257) {
  Sample sample;
  Provenance& p = sample.provenance;
  p.job = R"({"input":[{"path":"*.jsonl"}]})";
  p.plan_digest = "0123456789abcdef0123456789abcdef";
  p.quern_version = "0.1.0";
  p.unicode_version = "15.0";
  p.tokenizer_digest = hash128("tokenizer");
  p.vocab_size = vocab_size;
  p.end_of_text = vocab_size - 1;
  p.sources = {"web", "bücher"};
  p.languages = {"", "de", "en"};
  p.signals = {"length", "share"};
  p.flags = {"repeats", "contamination"};
  p.counts_clusters = true;
  p.versions = {"compiler GNU 12.2.0", "zstd 1.5.4"};
  p.file_digests = true;
  if (records > 0) sample.files = {{0, "a/docs-0.jsonl.zst"}, {0, "a/docs\t1.jsonl.zst"}, {1, "größe.txt"}};
  std::uint64_t state = 1, offset = 0, last_kept = kNoRecord;
  std::uint32_t file = 0;
  const auto random = [&](std::uint64_t below) { return mix64(state++) % below; };
  for (std::size_t i = 0; i < records; ++i) {
    Sample::Record record;
    if (i > 0 && i % (records / 3 + 1) == 0) {
      ++file;
      offset = 0;
    }
    record.row.file = file;
    record.row.source = file == 2 ? 1 : 0;
    record.row.offset = offset;
    offset += 1 + random(5000);
    if (random(8) != 0) record.own_id = "doc\\" + std::to_string(i) + (random(16) == 0 ? "\ttab\nline\r" : "");
    const std::uint64_t kind = last_kept == kNoRecord ? 0 : random(10);
    if (kind < 6) {
      record.tokens.resize(random(i % 50 == 0 ? 700 : 40) + 1);
      for (std::uint32_t& token : record.tokens) token = static_cast<std::uint32_t>(random(vocab_size - 1));
      record.tokens.back() = static_cast<std::uint32_t>(p.end_of_text);
      const auto drawn = [&](std::uint64_t salt, std::uint64_t below) { return mix64((i + 1) * 1'000'003 + salt) % below; };
      record.language = static_cast<std::uint16_t>(drawn(0, 3));
      record.language_score = static_cast<std::uint16_t>(drawn(1, 1001));
      if (drawn(2, 4) != 0) record.metadata = R"({"url":"https://example.org/)" + std::to_string(i) + R"("})";
      record.signals = {static_cast<double>(drawn(3, 1000)), static_cast<double>(drawn(4, 7)) / 7};
      record.flags = static_cast<std::uint8_t>(drawn(5, 4));
      last_kept = i;
    } else if (kind < 8) {
      record.row.verdict = Verdict::removed;
      record.row.reason = kind == 6 ? Reason::exact : Reason::near;
      record.row.kept = last_kept;
      ++sample.records[last_kept].cluster_size;
      if (kind == 7) record.row.similarity = {static_cast<std::uint32_t>(80 + random(20)), 100};
    } else {
      record.row.verdict = kind == 8 ? Verdict::removed : Verdict::quarantined;
      record.row.reason = kind == 8 ? Reason::gopher_words_min : Reason::utf8;
    }
    sample.records.push_back(std::move(record));
  }
  sample.count();
  return sample;
}

/// How the ranks share the writing.
struct WritePlan {
  std::size_t batch = 7;   ///< records at once
  bool backwards = false;  ///< the last batch first
  bool one_rank = false;   ///< the last rank writes all: the others have empty shares
  std::uint64_t shard_tokens = 0;  ///< layout `sharded`; every rank writes some of the shards
};

namespace detail {

/// Columns of the records [first, end), as the writer takes them.
struct Batch {
  std::vector<LedgerRow> rows;
  std::vector<std::uint64_t> id_start, doc_start, doc_record, doc_id_start;
  std::vector<RecordPlace> place;
  std::vector<std::uint16_t> source, language, language_score;
  std::vector<std::uint8_t> flags;
  std::vector<std::uint32_t> cluster_size;
  std::vector<std::uint16_t> copy;
  std::vector<std::uint64_t> metadata_start;
  std::vector<std::vector<double>> signals;
  std::string ids, doc_ids, metadata;
  std::vector<std::uint32_t> tokens;
};

template <class Token>
void write_tokens(DatasetWriter& writer, std::uint64_t first, const std::vector<std::uint32_t>& tokens) {
  const std::vector<Token> stored(tokens.begin(), tokens.end());
  writer.write_tokens(first, std::span<const Token>(stored));
}

inline void write_batch(const Sample& sample, std::size_t first, std::size_t end, DatasetWriter& writer) {
  std::uint64_t ids = 0, doc_ids = 0, docs = 0, tokens = 0, metadata = 0;
  for (std::size_t i = 0; i < first; ++i) {
    const Sample::Record& record = sample.records[i];
    const bool kept = record.row.verdict == Verdict::kept;
    ids += record.own_id.size();
    doc_ids += kept ? record.own_id.size() : 0;
    docs += kept ? 1 : 0;
    tokens += record.tokens.size();
    metadata += record.metadata.size();
  }
  Batch b;
  b.signals.resize(sample.provenance.signals.size());
  for (std::size_t i = first; i < end; ++i) {
    const Sample::Record& record = sample.records[i];
    b.rows.push_back(record.row);
    b.id_start.push_back(ids + b.ids.size());
    b.ids += record.own_id;
    if (record.row.verdict != Verdict::kept) continue;
    b.doc_start.push_back(tokens + b.tokens.size());
    b.doc_record.push_back(i);
    b.place.push_back({record.row.file, record.row.offset});
    b.source.push_back(record.row.source);
    b.doc_id_start.push_back(doc_ids + b.doc_ids.size());
    b.doc_ids += record.own_id;
    b.language.push_back(record.language);
    b.language_score.push_back(record.language_score);
    b.flags.push_back(record.flags);
    b.cluster_size.push_back(record.cluster_size);
    b.copy.push_back(0);
    b.metadata_start.push_back(metadata + b.metadata.size());
    b.metadata += record.metadata;
    for (std::size_t s = 0; s < b.signals.size(); ++s) b.signals[s].push_back(record.signals.empty() ? 0 : record.signals.at(s));
    b.tokens.insert(b.tokens.end(), record.tokens.begin(), record.tokens.end());
  }
  writer.write_ledger(first, b.rows, {b.id_start, b.ids});
  writer.write_documents(docs, {b.doc_start, b.doc_record, b.place, b.source, {b.doc_id_start, b.doc_ids}, b.language, b.language_score,
                                {b.metadata_start, b.metadata}, b.signals, b.flags, b.cluster_size, b.copy});
  if (writer.is_sharded()) return;
  writer.token_bytes() == 2 ? write_tokens<std::uint16_t>(writer, tokens, b.tokens) : write_tokens<std::uint32_t>(writer, tokens, b.tokens);
}

template <class Token>
Shard write_shard(const std::vector<std::uint32_t>& tokens, std::uint64_t number, const ShardCut& cut, ShardWriter& writer) {
  const std::vector<Token> stored(tokens.begin() + static_cast<std::ptrdiff_t>(cut.first(number)), tokens.begin() + static_cast<std::ptrdiff_t>(cut.end(number)));
  writer.begin(number);
  for (std::size_t at = 0; at < stored.size(); at += 1000) {
    writer.add(std::span<const Token>(stored).subspan(at, std::min<std::size_t>(1000, stored.size() - at)));
  }
  return writer.end();
}

/// Every rank writes the shards whose numbers are its own modulo the ranks.
inline void write_shards(const Sample& sample, const std::string& path, DatasetWriter& writer, World& world) {
  const ShardCut cut = writer.shard_cut();
  ShardWriter shards(std::filesystem::path(path).parent_path().string(), cut, sample.provenance);
  std::vector<std::uint32_t> tokens;
  for (const Sample::Record& record : sample.records) tokens.insert(tokens.end(), record.tokens.begin(), record.tokens.end());
  std::vector<Shard> mine;
  for (auto s = static_cast<std::uint64_t>(world.rank()); s < cut.shards(); s += static_cast<std::uint64_t>(world.size())) {
    mine.push_back(writer.token_bytes() == 2 ? write_shard<std::uint16_t>(tokens, s, cut, shards) : write_shard<std::uint32_t>(tokens, s, cut, shards));
  }
  const std::vector<Shard> all = world.all_gather<Shard>(mine);
  if (world.is_root()) writer.write_shards(all);
}

inline void write_files(const Sample& sample, DatasetWriter& writer) {
  std::vector<std::uint16_t> entries;
  std::vector<std::uint64_t> start;
  std::string names;
  for (const Sample::InputFile& file : sample.files) {
    entries.push_back(file.entry);
    start.push_back(names.size());
    names += file.name;
  }
  writer.write_files(0, entries, {start, names});
  if (!sample.provenance.file_digests) return;
  std::vector<FileContent> contents;
  for (const Sample::InputFile& file : sample.files) contents.push_back({file.name.size() + 1, hash128(file.name)});
  writer.write_file_contents(0, contents);
}

}  // namespace detail

/// Collective. The data set as it is in the sample, also where the sample is wrong (the writer does not look inside).
inline void write_sample(const Sample& sample, const std::string& path, const WritePlan& plan, World& world) {
  DatasetWriter writer(path, sample.shape(), sample.provenance, world, DatasetWriter::Begin::anew, plan.shard_tokens);
  if (plan.shard_tokens != 0) detail::write_shards(sample, path, writer, world);
  const auto ranks = static_cast<std::size_t>(world.size()), rank = static_cast<std::size_t>(world.rank());
  const std::size_t n = sample.records.size();
  const std::size_t first = plan.one_rank ? (rank + 1 == ranks ? 0 : n) : n * rank / ranks;
  const std::size_t end = plan.one_rank ? n : n * (rank + 1) / ranks;
  std::vector<std::size_t> batches;
  for (std::size_t at = first; at < end; at += plan.batch) batches.push_back(at);
  if (plan.backwards) std::reverse(batches.begin(), batches.end());
  for (const std::size_t at : batches) detail::write_batch(sample, at, std::min(end, at + plan.batch), writer);
  if (world.is_root()) detail::write_files(sample, writer);
  ContentDigest digest;
  for (std::size_t i = first; i < end; ++i) sample.add_to(digest, i);
  writer.close(sum_of_hashes(digest.partial(), world), world);
}

}  // namespace quern::test
