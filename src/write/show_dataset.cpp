#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/write/print.hpp"
#include "write/record_names.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 1u << 20;

std::string escaped(std::string_view text) {
  std::string to;
  append_escaped(to, text);
  return to;
}

void add_line(std::string& text, std::string_view key, std::string_view value) { text += fmt::format("{:<22} {}\n", key, value); }

void add_order(std::string& text, const DocumentOrder& order) {
  if (order.repeats) add_line(text, "documents", fmt::format("{}, with copies", grouped(order.documents)));
  add_line(text, "order", order.shuffled ? "shuffled" : "as in the input");
  for (std::size_t s = 0; s < order.splits.size(); ++s) {
    const std::uint64_t first = order.first_documents[s], n = order.first_documents[s + 1] - first;
    add_line(text, order.splits[s], fmt::format("{} documents from {} on", grouped(n), first));
  }
}

std::string summary(const DatasetReader& reader) {
  const Provenance& p = reader.provenance();
  std::string text;
  add_line(text, "data set", reader.path());
  add_line(text, "records", grouped(p.records));
  add_line(text, "kept", grouped(p.kept));
  if (p.order) add_order(text, *p.order);
  for (const auto& [verdict, count] : {std::pair("removed", p.removed), std::pair("quarantined", p.quarantined)}) {
    add_line(text, verdict, grouped(count));
  }
  for (std::size_t i = 1; i < p.by_reason.size(); ++i) {
    if (p.by_reason[i] != 0) add_line(text, "  " + reader.reasons()[i], grouped(p.by_reason[i]));
  }
  add_line(text, "input files", grouped(reader.shape().n_files));
  for (const std::string& source : p.sources) add_line(text, "source", escaped(source));
  add_line(text, "tokens", fmt::format("{} of {} bytes", grouped(p.tokens), reader.token_bytes()));
  if (reader.shards()) {
    const std::vector<Shard>& shards = reader.shards()->shards();
    std::uint64_t bytes = 0;
    for (const Shard& shard : shards) bytes += shard.file.bytes;
    add_line(text, "shards", fmt::format("{} files beside it, {} bytes", grouped(shards.size()), grouped(bytes)));
  }
  add_line(text, "vocabulary", fmt::format("{}, end of text {}", grouped(p.vocab_size), p.end_of_text));
  add_line(text, "tokenizer digest", p.tokenizer_digest.hex());
  add_line(text, "plan digest", p.plan_digest);
  add_line(text, "content digest", reader.content_digest().hex());
  add_line(text, "made by", fmt::format("quern {}, Unicode {}", p.quern_version, p.unicode_version));
  return text;
}

std::string file_name(const DatasetReader& reader, std::uint64_t file) {
  if (file >= reader.shape().n_files) fail(ErrorKind::check, "{}: there is no input file {}", reader.path(), file);
  return escaped(reader.files(file, 1).names[0]);
}

void add_record(std::string& text, const DatasetReader& reader, std::uint64_t record, std::string_view own_id, const RecordPlace& place) {
  add_line(text, "record", grouped(record));
  add_line(text, "own id", own_id.empty() ? "(none)" : escaped(own_id));
  add_line(text, "file", file_name(reader, place.file));
  add_line(text, "offset", fmt::format("{} (bytes, decompressed)", place.offset));
}

std::string document_text(const DatasetReader& reader, const DocumentPart& part, const TokenDecoder& decode) {
  std::vector<std::uint32_t> tokens(part.start[1] - part.start[0]);
  reader.tokens(part.start[0], tokens);
  if (!tokens.empty() && tokens.back() == reader.provenance().end_of_text) tokens.pop_back();
  return decode(tokens);
}

/// The columns that a data set need not have.
void add_extras(std::string& text, const DatasetReader& reader, const DocumentPart& part) {
  const Provenance& p = reader.provenance();
  if (!part.copy.empty()) add_line(text, "copy", fmt::format("{}, counted from 0", part.copy[0]));
  if (!part.cluster_size.empty()) add_line(text, "stands for", fmt::format("{} records", grouped(part.cluster_size[0])));
  if (!part.language.empty()) {
    add_line(text, "language", fmt::format("{} ({}/1000)", reader.language_name(part.language[0], part.record[0]), part.language_score[0]));
  }
  if (reader.has_metadata() && !part.metadata[0].empty()) add_line(text, "metadata", part.metadata[0]);
  for (std::size_t f = 0; f < p.flags.size(); ++f) {
    if ((part.flags[0] >> f & 1) != 0) add_line(text, "marked", p.flags[f]);
  }
  for (std::size_t s = 0; s < p.signals.size(); ++s) add_line(text, "  " + p.signals[s], fmt::format("{}", part.signals[s][0]));
}

std::string document(const DatasetReader& reader, std::uint64_t number, const TokenDecoder& decode) {
  const std::uint64_t n = reader.shape().n_docs;
  if (number >= n) fail(ErrorKind::usage, "{}: there is no document {}: it has {}, counted from 0", reader.path(), number, n);
  const DocumentPart part = reader.documents(number, 1);
  std::string text;
  add_line(text, "document", fmt::format("{} of {}", number, n));
  add_record(text, reader, part.record[0], part.own_ids[0], part.place[0]);
  add_line(text, "source", escaped(reader.source_name(part.source[0], part.record[0])));
  add_line(text, "tokens", fmt::format("{} from {} on, the end of text included", part.start[1] - part.start[0], part.start[0]));
  add_extras(text, reader, part);
  if (decode) text += "\n" + document_text(reader, part, decode) + "\n";
  return text;
}

/// Row of the n-th removed record; the caller has checked that there is one.
std::uint64_t removed_record(const DatasetReader& reader, std::uint64_t n) {
  for (std::uint64_t first = 0; first < reader.shape().n_records; first += kRowsAtOnce) {
    const auto verdicts = reader.verdicts(first, std::min(kRowsAtOnce, reader.shape().n_records - first));
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      if (verdicts[i] == static_cast<std::uint8_t>(Verdict::removed) && n-- == 0) return first + i;
    }
  }
  fail(ErrorKind::check, "{}: /ledger/verdict has fewer removed records than /provenance/removed states", reader.path());
}

std::string removed(const DatasetReader& reader, std::uint64_t number) {
  const std::uint64_t n = reader.provenance().removed;
  if (number >= n) fail(ErrorKind::usage, "{}: there is no removed record {}: it has {}, counted from 0", reader.path(), number, n);
  const std::uint64_t record = removed_record(reader, number);
  const LedgerPart part = reader.ledger(record, 1);
  const LedgerRow& row = part.rows[0];
  std::string text;
  add_line(text, "removed record", fmt::format("{} of {}", number, n));
  add_record(text, reader, record, part.own_ids[0], {row.file, row.offset});
  add_line(text, "source", escaped(reader.source_name(row.source, record)));
  add_line(text, "reason", reader.reason_name(row, record));
  if (row.kept != kNoRecord) {
    if (row.kept >= reader.shape().n_records) fail(ErrorKind::check, "{}: /ledger/kept: row {} is {}", reader.path(), record, row.kept);
    const LedgerPart kept = reader.ledger(row.kept, 1);
    text += "\nin favour of\n";
    add_record(text, reader, row.kept, kept.own_ids[0], {kept.rows[0].file, kept.rows[0].offset});
    if (row.similarity.denominator != 0) {
      add_line(text, "similarity",
               fmt::format("{} ({}/{})", decimal(row.similarity), row.similarity.numerator, row.similarity.denominator));
    }
  }
  return text + "\nA data set does not keep the texts of removed records: look in the file above, at the offset.\n";
}

}  // namespace

void show_dataset(const std::string& path, const ShowOptions& options, const TokenDecoder& decode, std::ostream& out) {
  const DatasetReader reader(path);
  if (options.document) out << document(reader, *options.document, decode);
  if (options.removed) out << removed(reader, *options.removed);
  if (!options.document && !options.removed) out << summary(reader);
  out.flush();
  if (!out) fail(ErrorKind::store, "the output takes no more");
}

}  // namespace quern
