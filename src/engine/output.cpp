#include "engine/output.hpp"

#include "engine/done_rows.hpp"
#include "engine/extras.hpp"
#include "engine/flags.hpp"
#include "engine/pause_point.hpp"
#include "engine/payload.hpp"
#include "engine/stop.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/version.hpp"
#include "quern/store/file.hpp"
#include "quern/text/unicode.hpp"
#include "quern/write/content_digest.hpp"
#include "quern/write/dataset_writer.hpp"

#include <array>
#include <unordered_map>
#include <utility>

namespace quern {

namespace {

/// Sums over the records of one rank, or of all: where a rank's ranges begin follows from those of the ranks below.
struct Totals {
  std::uint64_t tokens = 0, documents = 0, document_id_bytes = 0, metadata_bytes = 0, records = 0, record_id_bytes = 0;
};

void add_record(const Records& records, std::size_t i, Totals& totals) {
  ++totals.records;
  totals.record_id_bytes += records.id_bytes[i];
  if (records.verdict[i] != Verdict::kept) return;
  ++totals.documents;
  totals.tokens += records.tokens[i] + 1;  // and the end-of-text token
  totals.document_id_bytes += records.id_bytes[i];
  totals.metadata_bytes += records.metadata_bytes[i];
}

Totals count(const Records& records) {
  Totals totals;
  for (std::size_t i = 0; i < records.size(); ++i) add_record(records, i, totals);
  return totals;
}

Totals sum(const std::vector<Totals>& all, std::size_t ranks) {
  Totals totals;
  for (std::size_t r = 0; r < ranks; ++r) {
    totals.tokens += all[r].tokens;
    totals.documents += all[r].documents;
    totals.document_id_bytes += all[r].document_id_bytes;
    totals.metadata_bytes += all[r].metadata_bytes;
    totals.records += all[r].records;
    totals.record_id_bytes += all[r].record_id_bytes;
  }
  return totals;
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
  provenance.tokenizer_digest = setup.tokenizer->digest();
  provenance.vocab_size = setup.tokenizer->vocab_size();
  provenance.end_of_text = setup.end_of_text();
  provenance.records = totals.records;
  provenance.kept = by_verdict[0];
  provenance.removed = by_verdict[1];
  provenance.quarantined = by_verdict[2];
  provenance.tokens = totals.tokens;
  provenance.by_reason = std::move(by_reason);
  provenance.sources = records.sources;
  if (setup.job.language) provenance.languages = records.languages;
  provenance.signals = setup.kept_signals();
  if (setup.marks_documents()) provenance.flags.assign(kFlagNames.begin(), kFlagNames.end());
  return provenance;
}

/// Rank 0's list of inputs, as columns.
struct FileColumns {
  std::vector<std::uint16_t> entries;
  std::vector<std::uint64_t> starts;
  std::string names;
};

FileColumns file_columns(const Setup& setup) {
  FileColumns columns;
  for (const InputFile& file : setup.files) {
    columns.entries.push_back(file.entry);
    columns.starts.push_back(columns.names.size());
    columns.names += file.name;
  }
  return columns;
}

DatasetShape shape_of(const Totals& totals, const FileColumns& files, World& world) {
  DatasetShape shape;
  shape.n_tokens = totals.tokens;
  shape.n_docs = totals.documents;
  shape.doc_id_bytes = totals.document_id_bytes;
  shape.metadata_bytes = totals.metadata_bytes;
  shape.n_records = totals.records;
  shape.record_id_bytes = totals.record_id_bytes;
  shape.n_files = world.sum(files.entries.size());
  shape.file_name_bytes = world.sum(files.names.size());
  return shape;
}

/// Turns blocks of the spool into rows of the data set, from this rank's first row on.
template <class Token>
class BlockWriter {
 public:
  BlockWriter(DatasetWriter& out, const Records& records, const Setup& setup, const Totals& before)
      : out_(out), records_(records), at_(before), end_of_text_(static_cast<Token>(setup.end_of_text())), signals_(setup.kept_signals().size()) {}

  void write(const SpoolBlock& block) {
    begin_block();
    SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
    for (const SpoolRow& row : block.rows) add(row, ids.next(row), PackedExtras(extras.next(row)), block.payload_of(row));
    flush(block.ids);
  }

  /// The digest of the rows added since the last call.
  Hash128 take_digest() { return std::exchange(digest_, {}).partial(); }

  /// Goes on behind a unit that was written before.
  void pass(const UnitPlace& unit) {
    for (std::uint64_t n = 0; n < unit.records; ++n) add_record(records_, next_++, at_);
  }

 private:
  void begin_block() {
    rows_.clear();
    id_starts_.clear();
    tokens_.clear();
    starts_.clear();
    numbers_.clear();
    places_.clear();
    sources_.clear();
    document_id_starts_.clear();
    document_ids_.clear();
    languages_.clear();
    language_scores_.clear();
    metadata_starts_.clear();
    metadata_.clear();
    flags_.clear();
    for (std::vector<double>& signal : signals_) signal.clear();
    first_ = at_;
  }

  void add(const SpoolRow& row, std::string_view id, const PackedExtras& extras, std::string_view payload) {
    const std::uint64_t number = at_.records;
    const std::size_t i = next_++;
    LedgerRow ledger;
    ledger.verdict = records_.verdict[i];
    ledger.reason = records_.reason[i];
    ledger.source = records_.source[i];
    ledger.file = row.file;
    ledger.offset = row.offset;
    ledger.kept = records_.kept[i];
    ledger.similarity = records_.similarity[i];
    rows_.push_back(ledger);
    id_starts_.push_back(at_.record_id_bytes);
    at_.record_id_bytes += id.size();
    ++at_.records;
    const RecordContent content = content_of(number, ledger, records_.sources[ledger.source], id);
    if (ledger.verdict != Verdict::kept) return digest_.add(content);
    add_extras(i, extras);
    digest_.add(content, add_document(ledger, number, id, payload));
  }

  void add_extras(std::size_t i, const PackedExtras& extras) {
    languages_.push_back(records_.language[i]);
    language_scores_.push_back(extras.language_score());
    flags_.push_back(static_cast<std::uint8_t>(records_.flags[i]));
    metadata_starts_.push_back(at_.metadata_bytes);
    metadata_ += extras.metadata();
    at_.metadata_bytes += extras.metadata().size();
    for (std::size_t s = 0; s < signals_.size(); ++s) signals_[s].push_back(extras.signal(s));
  }

  /// Returns the document's tokens, the end-of-text included.
  std::span<const Token> add_document(const LedgerRow& ledger, std::uint64_t number, std::string_view id, std::string_view payload) {
    starts_.push_back(at_.tokens);
    numbers_.push_back(number);
    places_.push_back({ledger.file, ledger.offset});
    sources_.push_back(ledger.source);
    document_id_starts_.push_back(at_.document_id_bytes);
    document_ids_ += id;
    at_.document_id_bytes += id.size();
    const std::size_t before = tokens_.size(), n = payload.size() / sizeof(Token);
    tokens_.resize(before + n + 1);
    if (n > 0) std::memcpy(tokens_.data() + before, payload.data(), payload.size());
    tokens_.back() = end_of_text_;
    at_.tokens += n + 1;
    ++at_.documents;
    return std::span<const Token>(tokens_).subspan(before);
  }

  void flush(std::string_view ids) {
    out_.write_ledger(first_.records, rows_, {id_starts_, ids});
    if (numbers_.empty()) return;
    out_.write_tokens(first_.tokens, tokens_);
    out_.write_documents(first_.documents, {starts_, numbers_, places_, sources_, {document_id_starts_, document_ids_}, languages_, language_scores_,
                                                   {metadata_starts_, metadata_}, signals_, flags_});
  }

  DatasetWriter& out_;
  const Records& records_;
  Totals at_, first_;
  Token end_of_text_;
  std::size_t next_ = 0;
  ContentDigest digest_;
  std::vector<LedgerRow> rows_;
  std::vector<std::uint64_t> id_starts_;
  std::vector<Token> tokens_;
  std::vector<std::uint64_t> starts_, numbers_, document_id_starts_;
  std::vector<RecordPlace> places_;
  std::vector<std::uint16_t> sources_, languages_, language_scores_;
  std::vector<std::uint64_t> metadata_starts_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::vector<double>> signals_;
  std::string document_ids_, metadata_;
};

/// This rank's units; returns their digest.
template <class Token>
Hash128 write_units(DatasetWriter& out, const std::string& phase, const std::vector<UnitPlace>& places, const Records& records, const Setup& setup,
                    const Totals& before, WorkFolder& work, World& world) {
  std::unordered_map<std::uint64_t, WrittenUnit> there;
  for (const WrittenUnit& unit : work.progress().written) there.emplace(unit.unit, unit);
  BlockWriter<Token> writer(out, records, setup, before);
  SpoolReader spool(work.spool(), phase);
  DoneRows<WrittenUnit> done(Mark::written, work, setup.job.checkpoint_seconds, world, [&] { out.sync(); });
  std::vector<WrittenUnit> written;
  for (const UnitPlace& place : places) {
    if (stop_requested()) break;
    if (const auto found = there.find(place.unit); found != there.end()) {
      writer.pass(place);
      written.push_back(found->second);
      continue;
    }
    spool.for_each_block(place, {.ids = true, .extras = true, .payload = true}, [&](const SpoolBlock& block) {
      writer.write(block);
      beat();
      done.poll();
    });
    spool.done_with(place);  // what is written next takes its place in memory
    written.push_back({place.unit, out.take_part(), writer.take_digest()});
    done.add(written.back(), written.back().part.rows.n_tokens * sizeof(Token));
    pause_point("unit written", world);
  }
  done.finish();
  ContentDigest digest;
  for (const WrittenUnit& unit : written) {
    out.add_part(unit.part);
    digest.add_partial(unit.digest);
  }
  return digest.partial();
}

}  // namespace

std::optional<Written> write_dataset(const std::string& folder, const std::string& phase, const std::vector<UnitPlace>& places,
                                     const Records& records, const Setup& setup, WorkFolder& work, World& world) {
  const Totals mine = count(records);
  const std::vector<Totals> all = world.all_gather<Totals>({&mine, 1});
  const Totals totals = sum(all, all.size());
  const FileColumns files = file_columns(setup);
  Written written{provenance_of(records, totals, setup, world), {}};
  const auto begin = work.progress().shaped_epoch != 0 ? DatasetWriter::Begin::go_on : DatasetWriter::Begin::anew;
  DatasetWriter out(folder + "/" + std::string(kDatasetFileName), shape_of(totals, files, world), written.provenance, world, begin);
  if (begin == DatasetWriter::Begin::anew && world.is_root()) {
    sync_folder(folder);
    work.record(Mark::shaped, std::string_view());
  }
  pause_point("shaped", world);
  const auto write = setup.token_bytes() == 2 ? write_units<std::uint16_t> : write_units<std::uint32_t>;
  const Hash128 partial = write(out, phase, places, records, setup, sum(all, static_cast<std::size_t>(world.rank())), work, world);
  if (stop_asked_of_any(world)) return std::nullopt;
  if (world.is_root()) out.write_files(0, files.entries, {files.starts, files.names});
  written.digest = sum_of_hashes(partial, world);
  out.close(written.digest, world);
  return written;
}

}  // namespace quern
