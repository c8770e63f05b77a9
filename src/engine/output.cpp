#include "engine/output.hpp"

#include "engine/column_writers.hpp"
#include "engine/done_rows.hpp"
#include "engine/flags.hpp"
#include "engine/order_key.hpp"
#include "engine/origin.hpp"
#include "engine/pause_point.hpp"
#include "engine/repeat.hpp"
#include "engine/shards.hpp"
#include "engine/stop.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/version.hpp"
#include "quern/base/wide.hpp"
#include "quern/store/file.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace quern {

namespace {

/// Sums over the records of one rank, or of all: where a rank's ranges begin follows from those of the ranks below.
struct Totals {
  DocumentOffsets documents;
  std::uint64_t train_documents = 0, records = 0, record_id_bytes = 0;

  Totals& operator+=(const Totals& more) {
    documents += more.documents;
    train_documents += more.train_documents;
    records += more.records;
    record_id_bytes += more.record_id_bytes;
    return *this;
  }
};

/// Of all copies of a record at home; the end-of-text tokens are counted.
DocumentOffsets documents_of(const Records& records, std::size_t i) {
  const std::uint64_t copies = records.copies_of(i);
  return {copies, copies * (records.tokens[i] + std::uint64_t{1}), copies * records.id_bytes[i], copies * records.metadata_bytes[i]};
}

Totals count(const Records& records, const Job& job) {
  const OrderKeys keys(records, job);
  Totals totals;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const DocumentOffsets documents = documents_of(records, i);
    totals += {documents, keys.is_validation(i) ? 0 : documents.documents, 1, records.id_bytes[i]};
  }
  return totals;
}

Totals sum(std::span<const Totals> all) {
  Totals totals;
  for (const Totals& one : all) totals += one;
  return totals;
}

/// Nothing where the documents are the kept records, in their order.
std::optional<DocumentOrder> order_of(const Totals& totals, const Job& job) {
  if (!reorders_documents(job)) return std::nullopt;
  DocumentOrder order;
  order.shuffled = job.output.order == Order::shuffle;
  order.repeats = repeats_documents(job);
  order.documents = totals.documents.documents;
  if (job.output.validation_ppm > 0) {
    order.splits = {"train", "validation"};
    order.first_documents = {0, totals.train_documents, order.documents};
  }
  return order;
}

Provenance provenance_of(const Records& records, const Totals& totals, const Setup& setup, World& world) {
  std::vector<std::uint64_t> by_reason(static_cast<std::size_t>(Reason::count_), 0);
  std::array<std::uint64_t, 3> by_verdict = {};
  for (std::size_t i = 0; i < records.size(); ++i) {
    ++by_reason[static_cast<std::size_t>(records.reason[i])];
    ++by_verdict[static_cast<std::size_t>(records.verdict[i])];
  }
  world.all_reduce_sum(by_reason);
  world.all_reduce_sum(by_verdict);
  Provenance provenance;
  provenance.job = setup.canonical;
  provenance.plan_digest = setup.plan_digest.hex();
  provenance.quern_version = version();
  provenance.unicode_version = kUnicodeVersion;
  provenance.versions = versions_of_root(world);
  provenance.tokenizer_digest = setup.tokenizer->digest();
  provenance.vocab_size = setup.tokenizer->vocab_size();
  provenance.end_of_text = setup.end_of_text();
  provenance.records = totals.records;
  provenance.kept = by_verdict[0];
  provenance.removed = by_verdict[1];
  provenance.quarantined = by_verdict[2];
  provenance.tokens = totals.documents.tokens;
  provenance.by_reason = std::move(by_reason);
  provenance.sources = records.sources;
  if (setup.job.language) provenance.languages = records.languages;
  provenance.signals = setup.kept_signals();
  provenance.file_digests = true;
  if (setup.marks_documents()) provenance.flags.assign(kFlagNames.begin(), kFlagNames.end());
  provenance.counts_clusters = counts_clusters(setup.job);
  provenance.order = order_of(totals, setup.job);
  return provenance;
}

/// Rank 0's list of inputs, as columns.
struct FileColumns {
  std::vector<std::uint16_t> entries;
  std::vector<std::uint64_t> starts;
  std::string names;
  std::vector<FileContent> contents;
};

FileColumns file_columns(const Setup& setup) {
  FileColumns columns;
  for (const InputFile& file : setup.files) {
    columns.entries.push_back(file.entry);
    columns.starts.push_back(columns.names.size());
    columns.names += file.name;
    columns.contents.push_back({file.bytes, setup.file_digests.at(columns.contents.size())});
  }
  return columns;
}

DatasetShape shape_of(const Totals& totals, const FileColumns& files, World& world) {
  DatasetShape shape;
  shape.n_tokens = totals.documents.tokens;
  shape.n_docs = totals.documents.documents;
  shape.doc_id_bytes = totals.documents.id_bytes;
  shape.metadata_bytes = totals.documents.metadata_bytes;
  shape.n_records = totals.records;
  shape.record_id_bytes = totals.record_id_bytes;
  shape.n_files = world.sum(files.entries.size());
  shape.file_name_bytes = world.sum(files.names.size());
  return shape;
}

/// What lies in the data file, recorded unit by unit.
class WrittenUnits {
 public:
  WrittenUnits(DatasetWriter& out, const Setup& setup, WorkFolder& work, World& world)
      : out_(out), world_(world), done_(Mark::written, work, setup.job.checkpoint_seconds, world, [&out] { out.sync(); }) {
    for (const WrittenUnit& unit : work.progress().written) there_.emplace(unit.unit, unit);
  }

  /// Whether an attempt before this one has written it. Then it counts as written.
  bool has(std::uint64_t unit) {
    const auto found = there_.find(unit);
    if (found != there_.end()) written_.push_back(found->second);
    return found != there_.end();
  }
  /// The unit whose rows were written since the last call.
  void add(std::uint64_t unit) {
    const DatasetPart part = out_.take_part();
    written_.push_back({unit, part, std::exchange(digest, {}).partial()});
    done_.add(written_.back(), part.rows.n_tokens * out_.token_bytes());
    pause_point("unit written", world_);
  }
  void poll() {
    beat();
    done_.poll();
  }
  /// Collective. Returns the digest of this rank's units.
  Hash128 finish() {
    done_.finish();
    ContentDigest sum;
    for (const WrittenUnit& unit : written_) {
      out_.add_part(unit.part);
      sum.add_partial(unit.digest);
    }
    return sum.partial();
  }

  ContentDigest digest;  ///< of the rows since the last add()

 private:
  DatasetWriter& out_;
  World& world_;
  std::unordered_map<std::uint64_t, WrittenUnit> there_;
  DoneRows<WrittenUnit> done_;
  std::vector<WrittenUnit> written_;
};

/// What is written, and from where.
struct Source {
  const std::string& phase;
  const std::vector<UnitPlace>& units;
  const Records& records;
  const OrderedDocuments* ordered;  ///< none: the documents go out as they come in
  const Setup& setup;
  WorkFolder& work;
};

/// The units at home here: rows of the ledger and, unless they have an order of their own, documents.
template <class Token>
void write_units(const Source& from, DatasetWriter& out, const Totals& before, DocumentWriter<Token>& documents, WrittenUnits& written) {
  LedgerWriter ledger(out, from.records, written.digest, before.record_id_bytes);
  const bool plain = from.ordered == nullptr;
  SpoolReader spool(from.work.spool(), from.phase);
  DocumentOffsets at = before.documents;
  std::size_t next = 0;
  const auto pass = [&] { at += documents_of(from.records, next++); };
  for (const UnitPlace& unit : from.units) {
    if (stop_requested()) break;
    if (written.has(unit.unit)) {
      ledger.pass(unit.records);
      for (std::uint64_t n = 0; n < unit.records; ++n) pass();
      tally.add_documents(unit.records, 0);
      continue;
    }
    spool.for_each_block(unit, {.ids = true, .extras = plain, .payload = plain}, [&](const SpoolBlock& block) {
      SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
      for (const SpoolRow& row : block.rows) {
        const std::string_view id = ids.next(row), extra = extras.next(row);
        ledger.add(row, id);
        if (plain && from.records.is_alive(next)) {
          OrderedDocument document = document_at_home(from.records, next, row, id, extra, block.payload_of(row));
          document.at = at;
          documents.add(document);
        }
        pass();
      }
      ledger.flush(block.ids);
      documents.flush();
      tally.add_documents(block.rows.size(), block.payload.size());
      written.poll();
    });
    spool.done_with(unit);  // what is written next takes its place in memory
    written.add(unit.unit);
  }
}

/// The parts of the output whose middles lie in this rank's share of the tokens.
std::span<const OrderedDocuments::Part> share_of(const OrderedDocuments& documents, const World& world) {
  const auto ranks = static_cast<std::uint64_t>(world.size()), rank = static_cast<std::uint64_t>(world.rank());
  const auto& parts = documents.parts();
  const auto writer = [&](const OrderedDocuments::Part& part) {
    const Uint128 middle = (static_cast<Uint128>(part.begin.tokens) + part.end.tokens) / 2;
    return static_cast<std::uint64_t>(middle * ranks / documents.size().tokens);
  };
  const auto first = std::ranges::partition_point(parts, [&](const auto& part) { return writer(part) < rank; });
  const auto end = std::ranges::partition_point(parts, [&](const auto& part) { return writer(part) <= rank; });
  return {first, end};
}

std::uint64_t documents_in(std::span<const OrderedDocuments::Part> parts) {
  return parts.empty() ? 0 : parts.back().end.documents - parts.front().begin.documents;
}

template <class Token>
void write_ordered(const OrderedDocuments& ordered, DocumentWriter<Token>& documents, WrittenUnits& written, const World& world) {
  for (const OrderedDocuments::Part& part : share_of(ordered, world)) {
    if (stop_requested()) break;
    if (written.has(kFirstPart + part.number)) {
      tally.done.fetch_add(part.end.documents - part.begin.documents);
      continue;
    }
    const auto stream = ordered.rows(part.begin.documents, part.end.documents);
    for (OrderedDocument document; stream->next(document);) {
      documents.add(document);
      tally.done.fetch_add(1, std::memory_order_relaxed);
      if (document.at.documents % 4096 == 0) written.poll();
    }
    documents.flush();
    written.add(kFirstPart + part.number);
  }
}

/// This rank's rows; returns their digest.
template <class Token>
Hash128 write_rows(const Source& from, DatasetWriter& out, const Totals& before, World& world) {
  WrittenUnits written(out, from.setup, from.work, world);
  DocumentWriter<Token> documents(out, from.records.sources, from.setup.kept_signals().size(), static_cast<Token>(from.setup.end_of_text()),
                                  from.ordered != nullptr, written.digest);
  tally.begin(Stage::write, from.records.size() + (from.ordered != nullptr ? documents_in(share_of(*from.ordered, world)) : 0));
  write_units(from, out, before, documents, written);
  if (from.ordered != nullptr) write_ordered(*from.ordered, documents, written, world);
  return written.finish();
}

}  // namespace

std::optional<Written> write_dataset(const std::string& folder, const std::string& phase, const std::vector<UnitPlace>& places,
                                     const Records& records, const OrderedDocuments* ordered, const Setup& setup, WorkFolder& work, World& world) {
  const Totals mine = count(records, setup.job);
  const std::vector<Totals> all = world.all_gather<Totals>({&mine, 1});
  const Totals totals = sum(all), before = sum(std::span(all).first(static_cast<std::size_t>(world.rank())));
  const FileColumns files = file_columns(setup);
  Written written{provenance_of(records, totals, setup, world), {}};
  const auto begin = work.progress().shaped_epoch != 0 ? DatasetWriter::Begin::go_on : DatasetWriter::Begin::anew;
  DatasetWriter out(folder + "/" + std::string(kDatasetFileName), shape_of(totals, files, world), written.provenance, world, begin,
                    setup.job.output.shard_tokens);
  if (begin == DatasetWriter::Begin::anew && world.is_root()) {
    sync_folder(folder);
    work.record(Mark::shaped, std::string_view());
  }
  pause_point("shaped", world);
  std::vector<Shard> shards;
  if (out.is_sharded()) {
    shards = write_shards(folder, out.shard_cut(), written.provenance, {phase, places, records, before.documents.tokens, ordered}, setup, work, world);
  }
  const auto write = setup.token_bytes() == 2 ? write_rows<std::uint16_t> : write_rows<std::uint32_t>;
  const Hash128 partial = write({phase, places, records, ordered, setup, work}, out, before, world);
  if (stop_asked_of_any(world)) return std::nullopt;
  if (world.is_root()) {
    out.write_files(0, files.entries, {files.starts, files.names});
    out.write_file_contents(0, files.contents);
    if (out.is_sharded()) out.write_shards(std::move(shards));
  }
  written.digest = sum_of_hashes(partial, world);
  out.close(written.digest, world);
  return written;
}

}  // namespace quern
