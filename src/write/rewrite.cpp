#include "quern/write/rewrite.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/version.hpp"
#include "quern/comm/exchange.hpp"
#include "quern/comm/world.hpp"
#include "quern/write/content_digest.hpp"
#include "quern/write/dataset_writer.hpp"
#include "write/even_share.hpp"
#include "write/rewrite_shards.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;
constexpr std::uint64_t kTokensAtOnce = 1u << 20;
constexpr std::size_t kExchangeBytes = 16u << 20;

/// Sums of what is written: of one rank, or of all below it.
struct Sums {
  std::uint64_t documents = 0, records = 0, tokens = 0, id_bytes = 0, metadata_bytes = 0;
};

/// What becomes of a record whose document goes.
struct Removal {
  std::uint64_t record;
  std::uint64_t reason;
};

/// Columns of documents on their way.
struct Batch {
  std::vector<std::uint64_t> start, record, id_start, metadata_start;
  std::vector<RecordPlace> place;
  std::vector<std::uint16_t> source, language, language_score;
  std::vector<std::uint8_t> flags;
  std::vector<std::uint32_t> cluster_size;
  std::vector<std::uint16_t> copy;
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
      sums.records += part.copy_of(i) == 0 ? 1 : 0;
      sums.tokens += part.start[i + 1] - part.start[i];
      sums.id_bytes += part.own_ids[i].size();
      if (old_.has_metadata()) sums.metadata_bytes += part.metadata[i].size();
    });
    return sums;
  }

  /// Documents that stay, by split: none without splits.
  std::vector<std::uint64_t> count_splits() const {
    if (old_.in_record_order()) return {};
    const std::vector<std::uint64_t>& first = old_.provenance().order->first_documents;
    std::vector<std::uint64_t> counts(old_.provenance().order->splits.size(), 0);
    if (counts.empty()) return counts;
    for_each_part([&](const DocumentPart& part, std::size_t i) {
      ++counts[static_cast<std::size_t>(std::upper_bound(first.begin() + 1, first.end() - 1, part.first + i) - first.begin() - 1)];
    });
    return counts;
  }

  /// Collective. Tells the records of removed documents, each where its row of the ledger is rewritten, why.
  void remove_records(World& world) {
    record_reasons_.assign(share_.end_record - share_.first_record, Reason::none);
    const std::vector<std::uint64_t> ends = world.all_gather<std::uint64_t>({&share_.end_record, 1});
    std::uint64_t next = share_.first_document;
    DocumentPart part;
    exchange_rows<Removal>(
        kExchangeBytes,
        [&](Outbox<Removal>& outbox) {
          for (; next < share_.end_document && !outbox.full(); ++next) {
            if (next >= part.first + part.record.size()) part = old_.documents(next, std::min(kRowsAtOnce, share_.end_document - next));
            const Reason reason = reasons_[next - share_.first_document];
            const std::size_t i = next - part.first;
            if (reason == Reason::none || part.copy_of(i) > 0) continue;
            const auto owner = std::ranges::upper_bound(ends, part.record[i]);
            if (owner == ends.end()) fail(ErrorKind::check, "{}: /documents/record: row {} is {}, which is no record", old_.path(), next, part.record[i]);
            outbox.add(static_cast<int>(owner - ends.begin()), {part.record[i], static_cast<std::uint64_t>(reason)});
          }
          return next < share_.end_document;
        },
        [&](std::span<const Removal> came) {
          for (const Removal& removal : came) record_reasons_[removal.record - share_.first_record] = static_cast<Reason>(removal.reason);
        },
        world);
  }

  std::vector<std::uint64_t> count_reasons() const {
    std::vector<std::uint64_t> counts(kReasonNames.size(), 0);
    for_each_ledger_part([&](LedgerPart& part) {
      for (std::size_t i = 0; i < part.rows.size(); ++i) ++counts.at(static_cast<std::size_t>(reason_of(part, i)));
    });
    return counts;
  }

  /// Where the tokens of this rank's documents that stay lie, and where they go; `first`: behind those of the ranks below.
  std::vector<TokenRun> runs(std::uint64_t first) const {
    std::vector<TokenRun> runs;
    for_each_part([&](const DocumentPart& part, std::size_t i) {
      const std::uint64_t tokens = part.start[i + 1] - part.start[i];
      if (runs.empty() || runs.back().old_first + runs.back().tokens != part.start[i]) runs.push_back({first, part.start[i], 0});
      runs.back().tokens += tokens;
      first += tokens;
    });
    return runs;
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
  Reason reason_of(const LedgerPart& part, std::size_t i) const {
    return part.rows[i].verdict == Verdict::kept ? record_reasons_[part.first + i - share_.first_record] : part.rows[i].reason;
  }

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
    for_each_ledger_part([&](LedgerPart& part) {
      for (std::size_t i = 0; i < part.rows.size(); ++i) {
        LedgerRow& row = part.rows[i];
        if (row.verdict == Verdict::kept) {
          row.reason = reason_of(part, i);
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
    if (!part.cluster_size.empty()) batch.cluster_size.push_back(part.cluster_size[i]);
    if (!part.copy.empty()) batch.copy.push_back(part.copy[i]);
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
    add_digest(part, i, tokens);
    ++at_.documents;
  }

  void add_digest(const DocumentPart& part, std::size_t i, std::span<const std::uint32_t> tokens) {
    const std::uint32_t copy = part.copy_of(i);
    LedgerRow row;
    row.source = part.source[i];
    if (copy == 0) digest_.add(content_of(part.record[i], row, old_.source_name(row.source, part.record[i]), part.own_ids[i]), tokens);
    if (!old_.in_record_order()) digest_.add_document(at_.documents, part.record[i], copy, copy > 0 ? tokens : std::span<const std::uint32_t>());
  }

  void flush(Batch& batch, bool has_metadata, DatasetWriter& out) const {
    const std::size_t rows = batch.record.size();
    if (rows == 0) return;
    const std::uint64_t first_token = at_.tokens - batch.tokens.size();
    if (out.is_sharded()) {
      // They are in the shards.
    } else if (out.token_bytes() == 2) {
      out.write_tokens(first_token, std::vector<std::uint16_t>(batch.tokens.begin(), batch.tokens.end()));
    } else {
      out.write_tokens(first_token, std::span<const std::uint32_t>(batch.tokens));
    }
    const TextColumn metadata = has_metadata ? TextColumn{batch.metadata_start, batch.metadata} : TextColumn{};
    out.write_documents(at_.documents - rows, {batch.start, batch.record, batch.place, batch.source, {batch.id_start, batch.ids}, batch.language,
                                               batch.language_score, metadata, batch.signals, batch.flags, batch.cluster_size, batch.copy});
    Batch empty;
    empty.signals.resize(batch.signals.size());
    batch = std::move(empty);
    beat();
  }

  const DatasetReader& old_;
  const DatasetShare& share_;
  std::span<const Reason> reasons_;      ///< by document
  std::vector<Reason> record_reasons_;  ///< by record; none: its document stays, or there is none
  Sums at_;
  ContentDigest digest_;
};

Sums sum_of(std::span<const Sums> all) {
  Sums sums;
  for (const Sums& one : all) {
    sums.documents += one.documents;
    sums.records += one.records;
    sums.tokens += one.tokens;
    sums.id_bytes += one.id_bytes;
    sums.metadata_bytes += one.metadata_bytes;
  }
  return sums;
}

/// Collective. `in_splits`: documents of this rank that stay, by split.
void set_order(DocumentOrder& order, std::uint64_t documents, std::vector<std::uint64_t> in_splits, World& world) {
  order.documents = documents;
  world.all_reduce_sum(in_splits);
  for (std::size_t s = 0; s < in_splits.size(); ++s) order.first_documents[s + 1] = order.first_documents[s] + in_splits[s];
}

/// In each file of the old one but its last; 0: it has none. With fewer tokens there is not more than one where there was one.
std::uint64_t shard_tokens_of(const DatasetReader& old) {
  if (!old.shards()) return 0;
  return old.shards()->shards().empty() ? 1 : old.shards()->shards().front().tokens;
}

void write_files(const DatasetReader& old, DatasetWriter& out) {
  for (std::uint64_t first = 0; first < old.shape().n_files;) {
    const FilePart part = old.files(first, std::min(kRowsAtOnce, old.shape().n_files - first));
    out.write_files(first, part.entry, {std::span(part.names.start).first(part.entry.size()), part.names.bytes});
    if (!part.contents.empty()) out.write_file_contents(first, part.contents);
    first += part.entry.size();
  }
}

}  // namespace

DatasetShare share_of(const DatasetReader& data, const World& world) {
  const Range records = share_of(data.shape().n_records, world), documents = share_of(data.shape().n_docs, world);
  return {records.first, records.end, documents.first, documents.end};
}

Rewritten rewrite_dataset(const DatasetReader& old, const DatasetShare& share, std::span<const Reason> reasons, Provenance provenance,
                          const std::string& path, World& world) {
  Rewriter rewriter(old, share, reasons);
  const Sums mine = rewriter.count();
  const std::vector<Sums> all = world.all_gather<Sums>({&mine, 1});
  const Sums totals = sum_of(all), before = sum_of(std::span(all).first(static_cast<std::size_t>(world.rank())));
  rewriter.remove_records(world);
  std::vector<std::uint64_t> by_reason = rewriter.count_reasons();
  world.all_reduce_sum(by_reason);
  const std::string job = std::move(provenance.job), plan_digest = std::move(provenance.plan_digest);
  std::vector<std::string> versions = std::move(provenance.versions);
  provenance = old.provenance();
  provenance.job = job;
  provenance.plan_digest = plan_digest;
  provenance.quern_version = version();
  provenance.versions = std::move(versions);
  provenance.kept = totals.records;
  provenance.removed = provenance.records - provenance.quarantined - totals.records;
  if (provenance.order) set_order(*provenance.order, totals.documents, rewriter.count_splits(), world);
  provenance.tokens = totals.tokens;
  provenance.by_reason = by_reason;
  DatasetShape shape = old.shape();
  shape.n_docs = totals.documents;
  shape.n_tokens = totals.tokens;
  shape.doc_id_bytes = totals.id_bytes;
  shape.metadata_bytes = totals.metadata_bytes;
  DatasetWriter out(path, shape, provenance, world, DatasetWriter::Begin::anew, shard_tokens_of(old));
  std::vector<Shard> shards;
  if (out.is_sharded()) shards = rewrite_shards(old, rewriter.runs(before.tokens), out.shard_cut(), provenance, std::filesystem::path(path).parent_path(), world);
  const Hash128 digest = rewriter.write(out, before, totals.metadata_bytes > 0);
  if (world.is_root()) {
    write_files(old, out);
    if (out.is_sharded()) out.write_shards(std::move(shards));
  }
  Rewritten rewritten{provenance, sum_of_hashes(digest, world)};
  out.close(rewritten.digest, world);
  return rewritten;
}

}  // namespace quern
