#include "engine/show_cluster.hpp"

#include "engine/dataset_text.hpp"
#include "engine/input_texts.hpp"
#include "engine/terminal_style.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/report/letters.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 256u << 10;
constexpr std::uint64_t kTextBytes = 1u << 20;  // of a text that is held against another

std::optional<std::uint64_t> record_with_id(const DatasetReader& data, std::string_view id) {
  for (std::uint64_t first = 0; first < data.shape().n_records;) {
    const TextPart ids = data.own_ids(first, std::min(kRowsAtOnce, data.shape().n_records - first));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == id) return first + i;
    }
    first += ids.size();
  }
  return std::nullopt;
}

/// A number is one of a record, unless a record has it as its id.
std::uint64_t record_named(const DatasetReader& data, const std::string& word) {
  if (const auto record = record_with_id(data, word)) return *record;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc{} && end == word.data() + word.size() && number < data.shape().n_records) return number;
  fail(ErrorKind::usage, "{}: no record has the id '{}', and it is no record number below {}: `quern ledger` lists the ids", data.path(), shown(word),
       data.shape().n_records);
}

/// The records removed as duplicates of this one, the first `most` of them, and how many there are.
struct Removed {
  std::vector<std::uint64_t> records;
  std::uint64_t all = 0;
};

Removed removed_for(const DatasetReader& data, std::uint64_t kept, std::uint64_t most) {
  Removed removed;
  for (std::uint64_t first = 0; first < data.shape().n_records; first += kRowsAtOnce) {
    const std::vector<std::uint64_t> of = data.kept_records(first, std::min(kRowsAtOnce, data.shape().n_records - first));
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (of[i] != kept) continue;
      if (removed.records.size() < most) removed.records.push_back(first + i);
      ++removed.all;
    }
  }
  return removed;
}

void print_row(const DatasetReader& data, std::uint64_t record, std::ostream& out) {
  const LedgerRow row = data.ledger(record, 1).rows[0];
  const Similarity& s = row.similarity;
  const std::string similarity = s.denominator == 0 ? "" : fmt::format("{:.4f}", 1.0 * s.numerator / s.denominator);
  out << fmt::format("{:>12}  {:<12} {:<10} {:>10}  {}\n", record, data.verdict_name(row, record), data.reason_name(row, record), similarity,
                     shown(record_name(data, record)));
}

/// A document of a kept record: any copy will do. Its place is not that of the record where documents are shuffled.
std::optional<std::uint64_t> document_of(const DatasetReader& data, std::uint64_t record) {
  const std::uint64_t n = data.shape().n_docs;
  if (data.in_record_order()) {
    const std::uint64_t document = data.first_document_of(record);
    return document < n && data.documents(document, 1).record[0] == record ? std::optional(document) : std::nullopt;
  }
  for (std::uint64_t first = 0; first < n;) {
    const DocumentPart part = data.documents(first, std::min(kRowsAtOnce, n - first));
    const auto found = std::ranges::find(part.record, record);
    if (found != part.record.end()) return first + static_cast<std::uint64_t>(found - part.record.begin());
    first += part.record.size();
  }
  return std::nullopt;
}

/// The kept text, from the data set itself; nothing when it was removed after its duplicates were, or its tokens give no text back.
std::optional<std::string> kept_text(const DatasetReader& data, std::uint64_t record) {
  const std::optional<std::uint64_t> document = document_of(data, record);
  const std::optional<Tokenizer> tokenizer = tokenizer_beside(data);
  if (!document || !tokenizer || !tokenizer->lossless()) return std::nullopt;
  const DocumentPart part = data.documents(*document, 1);
  std::vector<std::uint32_t> tokens(part.start[1] - part.start[0] - 1);
  data.tokens(part.start[0], tokens);
  return tokenizer->decode(tokens);
}

std::string_view beginning(std::string_view text) {
  if (text.size() <= kTextBytes) return text;
  std::size_t end = kTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string difference(std::string_view kept, const InputText& removed, const TerminalStyle& style) {
  if (!removed.missing.empty()) return fmt::format("no text: {}\n", removed.missing);
  if (removed.text == kept) return "the same text\n";
  return differences_in_letters(beginning(kept), beginning(removed.text), style);
}

void print_differences(const ShowRequest& request, const DatasetReader& data, std::uint64_t kept, const Removed& removed, std::ostream& out) {
  const TerminalStyle style = terminal_style(request.ascii);
  std::optional<std::string> text = kept_text(data, kept);
  std::vector<std::uint64_t> wanted = removed.records;
  if (!text) wanted.push_back(kept);
  const InputTexts texts = input_texts(load_job(request.job_path, request.sets), data, wanted);
  if (!texts.doubt.empty()) out << fmt::format("\nnote: {}\n", texts.doubt);
  if (!text) {
    const InputText& from_input = texts.of.at(kept);
    if (!from_input.missing.empty()) {
      out << fmt::format("\nno text of the kept document to hold others against: {}\n", from_input.missing);
      return;
    }
    text = from_input.text;
  }
  out << "\n[-words of the kept text alone-] {+words of the removed one alone+}\n";
  for (const std::uint64_t record : removed.records) {
    out << fmt::format("\nrecord {}: {}\n", record, shown(record_name(data, record))) << difference(*text, texts.of.at(record), style);
  }
}

}  // namespace

void show_cluster(const ShowRequest& request, const DatasetReader& data, std::ostream& out) {
  const std::uint64_t record = record_named(data, request.cluster);
  const LedgerRow row = data.ledger(record, 1).rows[0];
  const std::uint64_t kept = row.kept == kNoRecord ? record : row.kept;
  if (kept >= data.shape().n_records) fail(ErrorKind::check, "{}: /ledger/kept: row {} is {}", data.path(), record, kept);
  const Removed removed = removed_for(data, kept, request.most);
  if (removed.all == 0) out << "1 record: no other was removed as its duplicate\n\n";
  else out << fmt::format("{} records, of which {} removed as duplicates of the first\n\n", grouped(removed.all + 1), grouped(removed.all));
  out << fmt::format("{:>12}  {:<12} {:<10} {:>10}  name\n", "record", "verdict", "reason", "similarity");
  print_row(data, kept, out);
  for (const std::uint64_t duplicate : removed.records) print_row(data, duplicate, out);
  if (removed.all > removed.records.size()) out << fmt::format("and {} more: --most shows more\n", grouped(removed.all - removed.records.size()));
  if (removed.records.empty()) return;
  if (!request.job_path.empty()) return print_differences(request, data, kept, removed, out);
  out << "\nA data set does not keep the texts of removed documents: with --job JOB.yaml they are read again from the input, and their differences shown.\n";
}

}  // namespace quern
