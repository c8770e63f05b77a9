#include "quern/write/verify.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/dataset/dataset_schema.hpp"
#include "quern/write/content_digest.hpp"
#include "write/document_check.hpp"
#include "write/document_walk.hpp"
#include "write/even_share.hpp"
#include "write/ledger_check.hpp"
#include "write/record_walk.hpp"
#include "write/shard_check.hpp"
#include "write/together.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace quern {

namespace {

constexpr std::uint64_t kFilesAtOnce = 64u << 10;
constexpr std::uint64_t kRowsAtOnce = 64u << 10;

RecordContent content_at(const DatasetReader& reader, std::uint64_t number, const LedgerRow& row, std::string_view own_id) {
  return {number, row.verdict, reader.reason_name(row, number), reader.source_name(row.source, number), own_id, row.kept, row.similarity};
}

/// The tokens of a walk's document, each(tokens) sees every piece.
template <class Walk, class Each>
void add_tokens(ContentDigest& digest, Walk& walk, Each each) {
  for (auto piece = walk.next_tokens(); !piece.empty(); piece = walk.next_tokens()) {
    digest.add_tokens(piece);
    each(piece);
  }
  digest.end();
}

/// Adds the walk's current record; each(tokens) sees every piece of its document.
template <class Each>
void add_record(ContentDigest& digest, const DatasetReader& reader, RecordWalk& walk, Each each) {
  const RecordContent content = content_at(reader, walk.number(), walk.row(), walk.own_id());
  if (!walk.has_document()) return digest.add(content);
  digest.begin(content, walk.n_tokens());
  add_tokens(digest, walk, each);
}

/// The same for a document that lies where its order says. The first copy brings what its kept record adds.
template <class Each>
void add_document(ContentDigest& digest, const DatasetReader& reader, DocumentWalk& walk, Each each) {
  if (walk.copy() == 0) {
    LedgerRow kept;
    kept.source = walk.source();
    digest.begin(content_at(reader, walk.record(), kept, walk.own_id()), walk.n_tokens());
    add_tokens(digest, walk, each);
  }
  digest.begin_document(walk.row(), walk.record(), walk.copy(), walk.copy() == 0 ? 0 : walk.n_tokens());
  if (walk.copy() == 0) digest.end();
  else add_tokens(digest, walk, each);
}

template <class Visit>
void for_each_row(const DatasetReader& reader, Range records, Visit visit) {
  for (std::uint64_t first = records.first; first < records.end;) {
    const LedgerPart part = reader.ledger(first, std::min(kRowsAtOnce, records.end - first));
    for (std::size_t i = 0; i < part.rows.size(); ++i) visit(first + i, part.rows[i], part.own_ids[i]);
    first += part.rows.size();
    beat();
  }
}

/// What a rank finds in its share of the records and the documents.
struct Findings {
  Findings(const DatasetReader& data, Range records_here, Range documents_here)
      : reader(data), records(records_here), documents(documents_here), ledger(data, records.first, records.end), document(data) {}

  void look() {
    if (reader.in_record_order()) look_at_records();
    else look_at_both();
    ledger.finish();
  }

  const DatasetReader& reader;
  Range records, documents;
  LedgerCheck ledger;
  DocumentCheck document;
  ContentDigest digest;
  Fingerprint kept;  ///< of the kept rows of the ledger

 private:
  /// Each kept record meets its document.
  void look_at_records() {
    RecordWalk walk(reader, records.first, records.end);
    while (walk.next()) {
      ledger.add(walk.number(), walk.row());
      if (walk.has_document()) check_document(walk);
      add_record(digest, reader, walk, [&](std::span<const std::uint32_t> tokens) { document.add_tokens(tokens); });
      if (walk.has_document()) document.end();
    }
  }

  void check_document(const RecordWalk& walk) {
    const LedgerRow& row = walk.row();
    const auto wrong = [&](const char* column) {
      fail(ErrorKind::check, "{}: record {}: {}: row {} differs from the ledger", reader.path(), walk.number(), column, walk.document());
    };
    if (walk.document_place() != RecordPlace{row.file, row.offset}) wrong("/documents/id");
    if (walk.document_source() != row.source) wrong("/documents/source");
    if (walk.document_id() != walk.own_id()) wrong("/documents/own_id_bytes");
    document.add(walk.documents(), walk.document_in_part());
  }

  /// Records and documents each by themselves: fingerprints tell whether they are of one another.
  void look_at_both() {
    for_each_row(reader, records, [&](std::uint64_t record, const LedgerRow& row, std::string_view own_id) {
      ledger.add(record, row);
      if (row.verdict == Verdict::kept) kept.add(hash_of_kept(record, row.file, row.offset, row.source, own_id));
      else digest.add(content_at(reader, record, row, own_id));
    });
    DocumentWalk walk(reader, documents.first, documents.end);
    while (walk.next()) {
      document.add(walk.part(), walk.in_part());
      add_document(digest, reader, walk, [&](std::span<const std::uint32_t> tokens) { document.add_tokens(tokens); });
      document.end();
    }
  }
};

Hash128 check_files(const DatasetReader& reader, Range files) {
  Hash128 seal;
  for (std::uint64_t first = files.first; first < files.end;) {
    const FilePart part = reader.files(first, std::min(kFilesAtOnce, files.end - first));
    for (std::size_t i = 0; i < part.entry.size(); ++i) {
      seal = ContentDigest::combine(seal, seal_of_file(first + i, part.entry[i], part.names[i]));
      if (!part.contents.empty()) seal = ContentDigest::combine(seal, seal_of_file_content(first + i, part.contents[i]));
    }
    first += part.entry.size();
  }
  return seal;
}

void must_equal(const DatasetReader& reader, std::string_view what, std::uint64_t found, std::uint64_t stated) {
  if (found == stated) return;
  fail(ErrorKind::check, "{}: {} {}, but /provenance states {}", reader.path(), found, what, stated);
}

/// In record order every kept record has met its own document on the walk, so with equal counts no document is left without one.
void check_counts(const DatasetReader& reader, LedgerCheck& check, World& world) {
  const Provenance& p = reader.provenance();
  world.all_reduce_sum(check.by_reason());
  world.all_reduce_sum(check.by_verdict());
  must_equal(reader, "records", reader.shape().n_records, p.records);
  must_equal(reader, "documents", reader.shape().n_docs, p.order ? p.order->documents : p.kept);
  must_equal(reader, "tokens", reader.shape().n_tokens, p.tokens);
  must_equal(reader, "records kept", check.by_verdict()[0], p.kept);
  must_equal(reader, "records removed", check.by_verdict()[1], p.removed);
  must_equal(reader, "records quarantined", check.by_verdict()[2], p.quarantined);
  for (std::size_t i = 0; i < p.by_reason.size(); ++i) {
    must_equal(reader, fmt::format("records of reason '{}'", reader.reasons()[i]), check.by_reason()[i], p.by_reason[i]);
  }
}

/// Documents and records do not fit together: finds a document that differs from its record. Slow, for damaged files alone.
void find_stranger(const DatasetReader& reader, Range documents) {
  for (std::uint64_t first = documents.first; first < documents.end;) {
    const DocumentPart part = reader.documents(first, std::min(kRowsAtOnce, documents.end - first));
    for (std::size_t i = 0; i < part.record.size(); ++i) {
      const auto wrong = [&](std::string_view what) { fail(ErrorKind::check, "{}: /documents: row {}: {}", reader.path(), first + i, what); };
      const std::uint64_t record = part.record[i];
      if (record >= reader.shape().n_records) wrong(fmt::format("it is of record {}, there are {}", record, reader.shape().n_records));
      const LedgerPart ledger = reader.ledger(record, 1);
      const LedgerRow& row = ledger.rows[0];
      if (row.verdict != Verdict::kept) wrong(fmt::format("it is of record {}, which is not kept", record));
      if (part.place[i] != RecordPlace{row.file, row.offset}) wrong("/documents/id differs from the ledger");
      if (part.source[i] != row.source) wrong("/documents/source differs from the ledger");
      if (part.own_ids[i] != ledger.own_ids[0]) wrong("/documents/own_id_bytes differs from the ledger");
    }
    first += part.record.size();
    beat();
  }
}

/// Collective. Ledger and documents say the same of each other.
void check_fingerprints(const Findings& found, World& world) {
  const DatasetReader& reader = found.reader;
  if (!reader.in_record_order() && found.kept.of_all(world) != found.document.kept().of_all(world)) {
    together(world, [&] { find_stranger(reader, found.documents); });
    fail(ErrorKind::check, "{}: a kept record has no document with copy 0, or more than one", reader.path());
  }
  const bool bounds = world.max(found.document.sizes_are_bounds() ? 1 : 0) != 0;
  if (!reader.provenance().counts_clusters || bounds) return;
  if (found.ledger.duplicates().of_all(world) == found.document.duplicates().of_all(world)) return;
  fail(ErrorKind::check, "{}: /documents/cluster_size is not what /ledger/kept says", reader.path());
}

void check_digests(const DatasetReader& reader, const ContentDigest& mine, const Hash128& my_seal, World& world) {
  const Hash128 content = sum_of_hashes(mine.partial(), world);
  if (content != reader.content_digest()) {
    fail(ErrorKind::check, "{}: the content has digest {}, but /provenance states {}: ids, verdicts or tokens were changed", reader.path(),
         content.hex(), reader.content_digest().hex());
  }
  const Hash128 provenance = seal_of_provenance(reader.provenance(), reader.reasons(), reader.content_digest());
  const Hash128 seal = ContentDigest::combine(sum_of_hashes(my_seal, world), provenance);
  if (seal != reader.seal()) {
    fail(ErrorKind::check, "{}: the seal is {}, but /provenance states {}: places, files or provenance were changed", reader.path(),
         seal.hex(), reader.seal().hex());
  }
}

/// Of this rank's share.
ContentDigest digest_of(const DatasetReader& reader, Range records, Range documents) {
  ContentDigest digest;
  const auto ignore = [](std::span<const std::uint32_t>) { beat(); };
  if (reader.in_record_order()) {
    RecordWalk walk(reader, records.first, records.end);
    while (walk.next()) add_record(digest, reader, walk, ignore);
    return digest;
  }
  for_each_row(reader, records, [&](std::uint64_t record, const LedgerRow& row, std::string_view own_id) {
    reader.verdict_name(row, record);
    if (row.verdict != Verdict::kept) digest.add(content_at(reader, record, row, own_id));
  });
  DocumentWalk walk(reader, documents.first, documents.end);
  while (walk.next()) add_document(digest, reader, walk, ignore);
  return digest;
}

}  // namespace

Hash128 dataset_digest(const std::string& path, World& world) {
  ContentDigest digest;
  together(world, [&] {
    const DatasetReader reader(path);
    digest = digest_of(reader, share_of(reader.shape().n_records, world), share_of(reader.shape().n_docs, world));
  });
  return sum_of_hashes(digest.partial(), world);
}

void verify_dataset(const std::string& path, World& world) {
  std::optional<DatasetReader> reader;
  std::optional<Findings> found;
  Hash128 seal;
  together(world, [&] {
    reader.emplace(path);
    seal = check_shards(*reader, world);  // first: it names the file that is damaged
    found.emplace(*reader, share_of(reader->shape().n_records, world), share_of(reader->shape().n_docs, world));
    found->look();
    seal = ContentDigest::combine(seal, ContentDigest::combine(found->ledger.seal(), found->document.seal()));
    seal = ContentDigest::combine(seal, check_files(*reader, share_of(reader->shape().n_files, world)));
  });
  // From here on every rank holds the same numbers, so all of them throw, or none does.
  check_counts(*reader, found->ledger, world);
  check_fingerprints(*found, world);
  check_digests(*reader, found->digest, seal, world);
}

}  // namespace quern
