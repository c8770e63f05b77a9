#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/write/print.hpp"
#include "write/record_names.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

namespace quern {

namespace {

// Kept records are looked up for so many lines at once, in order: the more, the fewer reads.
constexpr std::uint64_t kLinesAtOnce = 256u << 10;

std::vector<std::uint64_t> kept_records(const DatasetReader& reader, const LedgerPart& part) {
  std::vector<std::uint64_t> kept;
  for (std::size_t i = 0; i < part.rows.size(); ++i) {
    const std::uint64_t record = part.rows[i].kept;
    if (record == kNoRecord) continue;
    if (record >= reader.shape().n_records) {
      fail(ErrorKind::check, "{}: /ledger/kept: row {} is {}, there are {}", reader.path(), part.first + i, record,
           reader.shape().n_records);
    }
    kept.push_back(record);
  }
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

void append_lines(std::string& text, const DatasetReader& reader, const LedgerPart& part, RecordNames& names) {
  const std::vector<std::uint64_t> kept = kept_records(reader, part);
  const std::vector<std::string> kept_names = names.of(kept);
  for (std::size_t i = 0; i < part.rows.size(); ++i) {
    const LedgerRow& row = part.rows[i];
    text += names.of(part.own_ids[i], {row.file, row.offset});
    text += '\t';
    text += reader.verdict_name(row, part.first + i);
    text += '\t';
    text += reader.reason_name(row, part.first + i);
    text += '\t';
    if (row.kept != kNoRecord) {
      text += kept_names[static_cast<std::size_t>(std::lower_bound(kept.begin(), kept.end(), row.kept) - kept.begin())];
    }
    text += '\t';
    text += decimal(row.similarity);
    text += '\n';
  }
}

}  // namespace

void print_ledger(const std::string& path, std::ostream& out) {
  const DatasetReader reader(path);
  RecordNames names(reader);
  std::string text;
  for (std::uint64_t first = 0; first < reader.shape().n_records;) {
    const LedgerPart part = reader.ledger(first, std::min(kLinesAtOnce, reader.shape().n_records - first));
    text.clear();
    append_lines(text, reader, part, names);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out) fail(ErrorKind::store, "the ledger could not be printed: the output takes no more");
    first += part.rows.size();
  }
  out.flush();
  if (!out) fail(ErrorKind::store, "the ledger could not be printed: the output takes no more");
}

}  // namespace quern
