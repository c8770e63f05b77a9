#include "quern/write/rewrite.hpp"

#include "quern/base/heartbeat.hpp"
#include "quern/base/version.hpp"
#include "quern/comm/world.hpp"
#include "quern/write/content_digest.hpp"
#include "quern/write/dataset_writer.hpp"
#include "write/even_share.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;
constexpr std::uint64_t kTokensAtOnce = 1u << 20;

/// Sums of what is written: of one rank, or of all below it.
struct Sums {
  std::uint64_t documents = 0, tokens = 0, id_bytes = 0, metadata_bytes = 0;
};

/// Columns of documents on their way.
struct Batch {
  std::vector<std::uint64_t> start, record, id_start, metadata_start;
  std::vector<RecordPlace> place;
  std::vector<std::uint16_t> source, language, language_score;
  std::vector<std::uint8_t> flags;
  std::vector<std::vector<double>> signals;
  std::string ids, metadata;
  std::vector<std::uint32_t> tokens;
};

class Rewriter {
 public:
  Rewriter(const DatasetReader& old, const DatasetShare& share, std::span<const Reason> reasons) : old_(old), share_(share), reasons_(reasons) {}

  Sums count() const {
    Sums sums;
    for_each_part([&](const DocumentPart& part, std::size_t i) {
      ++sums.documents;
      sums.tokens += part.start[i + 1] - part.start[i];
      sums.id_bytes += part.own_ids[i].size();
      if (old_.has_metadata()) sums.metadata_bytes += part.metadata[i].size();
    });
    return sums;
  }

  std::vector<std::uint64_t> count_reasons() const {
    std::vector<std::uint64_t> counts(kReasonNames.size(), 0);
    std::size_t document = 0;
    for_each_ledger_part([&](LedgerPart& part) {
      for (const LedgerRow& row : part.rows) {
        const bool kept = row.verdict == Verdict::kept;
        ++counts.at(static_cast<std::size_t>(kept ? reasons_[document++] : row.reason));
      }
    });
    return counts;
  }

  /// Returns the digest of this rank's records.
  Hash128 write(DatasetWriter& out, const Sums& before, bool has_metadata) {
    at_ = before;
    write_ledger(out);
    Batch batch;
    batch.signals.resize(old_.provenance().signals.size());
    for_each_part([&](const DocumentPart& part, std::size_t i) {
      add(part, i, batch);
      if (batch.tokens.size() >= kTokensAtOnce || batch.record.size() >= kRowsAtOnce) flush(batch, has_metadata, out);
    });
    flush(batch, has_metadata, out);
    return digest_.partial();
  }

 private:
  template <class Visit>
  void for_each_part(Visit visit) const {
    for (std::uint64_t first = share_.first_document; first < share_.end_document;) {
      const DocumentPart part = old_.documents(first, std::min(kRowsAtOnce, share_.end_document - first));
      for (std::size_t i = 0; i < part.record.size(); ++i) {
        if (reasons_[first + i - share_.first_document] == Reason::none) visit(part, i);
      }
      first += part.record.size();
      beat();
    }
  }

  template <class Visit>
  void for_each_ledger_part(Visit visit) const {
    for (std::uint64_t first = share_.first_record; first < share_.end_record;) {
      LedgerPart part = old_.ledger(first, std::min(kRowsAtOnce, share_.end_record - first));
      visit(part);
      first += part.rows.size();
      beat();
    }
  }

  void write_ledger(DatasetWriter& out) {
    std::size_t document = 0;
    for_each_ledger_part([&](LedgerPart& part) {
      for (std::size_t i = 0; i < part.rows.size(); ++i) {
        LedgerRow& row = part.rows[i];
        if (row.verdict == Verdict::kept) {
          row.reason = reasons_[document++];
          if (row.reason == Reason::none) continue;  // its digest has tokens
          row.verdict = Verdict::removed;
        }
        digest_.add(content_of(part.first + i, row, old_.source_name(row.source, part.first + i), part.own_ids[i]));
      }
      out.write_ledger(part.first, part.rows, {std::span(part.own_ids.start).first(part.rows.size()), part.own_ids.bytes});
    });
  }

  void add(const DocumentPart& part, std::size_t i, Batch& batch) {
    batch.start.push_back(at_.tokens);
    batch.record.push_back(part.record[i]);
    batch.place.push_back(part.place[i]);
    batch.source.push_back(part.source[i]);
    batch.id_start.push_back(at_.id_bytes);
    batch.ids += part.own_ids[i];
    at_.id_bytes += part.own_ids[i].size();
    if (!part.language.empty()) {
      batch.language.push_back(part.language[i]);
      batch.language_score.push_back(part.language_score[i]);
    }
    if (!part.flags.empty()) batch.flags.push_back(part.flags[i]);
    batch.metadata_start.push_back(at_.metadata_bytes);
    if (old_.has_metadata()) {
      batch.metadata += part.metadata[i];
      at_.metadata_bytes += part.metadata[i].size();
    }
    for (std::size_t s = 0; s < batch.signals.size(); ++s) batch.signals[s].push_back(part.signals[s][i]);
    const std::size_t before = batch.tokens.size();
    batch.tokens.resize(before + (part.start[i + 1] - part.start[i]));
    const std::span<std::uint32_t> tokens = std::span(batch.tokens).subspan(before);
    old_.tokens(part.start[i], tokens);
    at_.tokens += tokens.size();
    ++at_.documents;
    LedgerRow row;
    row.source = part.source[i];
    digest_.add(content_of(part.record[i], row, old_.source_name(row.source, part.record[i]), part.own_ids[i]), std::span<const std::uint32_t>(tokens));
  }

  void flush(Batch& batch, bool has_metadata, DatasetWriter& out) const {
    const std::size_t rows = batch.record.size();
    if (rows == 0) return;
    const std::uint64_t first_token = at_.tokens - batch.tokens.size();
    if (out.token_bytes() == 2) {
      out.write_tokens(first_token, std::vector<std::uint16_t>(batch.tokens.begin(), batch.tokens.end()));
    } else {
      out.write_tokens(first_token, std::span<const std::uint32_t>(batch.tokens));
    }
    const TextColumn metadata = has_metadata ? TextColumn{batch.metadata_start, batch.metadata} : TextColumn{};
    out.write_documents(at_.documents - rows, {batch.start, batch.record, batch.place, batch.source, {batch.id_start, batch.ids}, batch.language,
                                               batch.language_score, metadata, batch.signals, batch.flags});
    Batch empty;
    empty.signals.resize(batch.signals.size());
    batch = std::move(empty);
    beat();
  }

  const DatasetReader& old_;
  const DatasetShare& share_;
  std::span<const Reason> reasons_;
  Sums at_;
  ContentDigest digest_;
};

Sums sum_of(std::span<const Sums> all) {
  Sums sums;
  for (const Sums& one : all) {
    sums.documents += one.documents;
    sums.tokens += one.tokens;
    sums.id_bytes += one.id_bytes;
    sums.metadata_bytes += one.metadata_bytes;
  }
  return sums;
}

void write_files(const DatasetReader& old, DatasetWriter& out) {
  for (std::uint64_t first = 0; first < old.shape().n_files;) {
    const FilePart part = old.files(first, std::min(kRowsAtOnce, old.shape().n_files - first));
    out.write_files(first, part.entry, {std::span(part.names.start).first(part.entry.size()), part.names.bytes});
    first += part.entry.size();
  }
}

}  // namespace

DatasetShare share_of(const DatasetReader& data, const World& world) {
  const Range records = share_of(data.shape().n_records, world);
  return {records.first, records.end, data.first_document_of(records.first), data.first_document_of(records.end)};
}

Rewritten rewrite_dataset(const DatasetReader& old, const DatasetShare& share, std::span<const Reason> reasons, Provenance provenance,
                          const std::string& path, World& world) {
  Rewriter rewriter(old, share, reasons);
  const Sums mine = rewriter.count();
  const std::vector<Sums> all = world.all_gather<Sums>({&mine, 1});
  const Sums totals = sum_of(all), before = sum_of(std::span(all).first(static_cast<std::size_t>(world.rank())));
  std::vector<std::uint64_t> by_reason = rewriter.count_reasons();
  world.all_reduce_sum(by_reason);
  const std::string job = std::move(provenance.job), plan_digest = std::move(provenance.plan_digest);
  provenance = old.provenance();
  provenance.job = job;
  provenance.plan_digest = plan_digest;
  provenance.quern_version = version();
  provenance.kept = totals.documents;
  provenance.removed = provenance.records - provenance.quarantined - totals.documents;
  provenance.tokens = totals.tokens;
  provenance.by_reason = by_reason;
  DatasetShape shape = old.shape();
  shape.n_docs = totals.documents;
  shape.n_tokens = totals.tokens;
  shape.doc_id_bytes = totals.id_bytes;
  shape.metadata_bytes = totals.metadata_bytes;
  DatasetWriter out(path, shape, provenance, world);
  const Hash128 digest = rewriter.write(out, before, totals.metadata_bytes > 0);
  if (world.is_root()) write_files(old, out);
  Rewritten rewritten{provenance, sum_of_hashes(digest, world)};
  out.close(rewritten.digest, world);
  return rewritten;
}

}  // namespace quern
