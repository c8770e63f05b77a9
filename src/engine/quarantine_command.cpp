#include "engine/dataset_text.hpp"
#include "engine/job_inputs.hpp"
#include "engine/untrusted.hpp"
#include "quern/base/error.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/engine/engine.hpp"
#include "quern/format/json_text.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/read/raw_lines.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <ostream>

namespace quern {

namespace {

constexpr std::uint64_t kRowsAtOnce = 64u << 10;

/// A quarantined record as the ledger has it.
struct BadRow {
  std::uint64_t offset = 0;
  Reason reason = Reason::none;
  std::string own_id;
};

/// Standard output, or a file that appears whole or not at all.
class Lines {
 public:
  Lines(const std::string& path, std::ostream& out) : path_(path), out_(out) {
    if (path.empty()) return;
    if (path_exists(path)) fail(ErrorKind::refused, "{}: is there already: choose another --output", path);
    file_ = File(path + ".partial", File::Mode::replace, 0600);
  }

  void write(std::string_view bytes) {
    if (file_.is_open()) return file_.append(bytes);
    if (!out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) fail(ErrorKind::store, "standard output: cannot be written to");
  }

  void finish() {
    if (!file_.is_open()) return;
    file_.sync();
    file_.close();
    rename_path(path_ + ".partial", path_);
  }

 private:
  std::string path_;
  std::ostream& out_;
  File file_;
};

/// Calls visit(file, rows) for each input file that has quarantined records, in input order.
void for_each_bad_file(const DatasetReader& data, const std::function<void(std::uint32_t, const std::vector<BadRow>&)>& visit) {
  std::vector<BadRow> rows;
  std::uint32_t file = 0;
  const auto finish = [&] {
    if (!rows.empty()) visit(file, rows);
    rows.clear();
  };
  for (std::uint64_t first = 0; first < data.shape().n_records;) {
    const LedgerPart part = data.ledger(first, std::min(kRowsAtOnce, data.shape().n_records - first));
    for (std::size_t i = 0; i < part.rows.size(); ++i) {
      const LedgerRow& row = part.rows[i];
      if (row.verdict != Verdict::quarantined) continue;
      if (row.file != file) finish();
      file = row.file;
      rows.push_back({row.offset, row.reason, std::string(part.own_ids[i])});
    }
    first += part.rows.size();
  }
  finish();
}

/// A line for each row. Why a record was not taken in is found by reading it again.
class Listing {
 public:
  Listing(const Job& job, Lines& out) : reader_(job, decoder_of_datasets()), out_(out) {}

  void list(const Piece& piece, const std::vector<BadRow>& rows) {
    rows_ = rows;
    next_ = 0;
    pass_unreadable(piece);
    if (next_ < rows_.size()) {
      reader_.read({0, 0, {piece}}, [&](const Record& record) { match(piece, record); });
    }
    if (next_ == rows_.size()) return;
    fail(ErrorKind::check, "{}: the record at offset {} ({}) is not there any more: the file was changed after the run", piece.path,
         rows_[next_].offset, name(rows_[next_].reason));
  }

 private:
  void match(const Piece& piece, const Record& record) {
    if (next_ == rows_.size() || rows_[next_].offset != record.offset) return;
    const bool distrusted = record.bad == Reason::none && rows_[next_].reason == Reason::damage;
    if (record.bad != rows_[next_].reason && !distrusted) return;
    write(piece, distrusted ? kDistrusted : record.message);
    pass_unreadable(piece);
  }

  /// Whether the file can be read now says nothing of then.
  void pass_unreadable(const Piece& piece) {
    while (next_ < rows_.size() && rows_[next_].reason == Reason::io) write(piece, "the file could not be read");
  }

  void write(const Piece& piece, std::string_view message) {
    const BadRow& row = rows_[next_++];
    out_.write(fmt::format("{{\"id\":{},\"file\":{},\"offset\":{},\"reason\":\"{}\",\"message\":{}}}\n", json_string(row.own_id), json_string(piece.name),
                           row.offset, name(row.reason), json_string(message)));
  }

  UnitReader reader_;
  Lines& out_;
  std::vector<BadRow> rows_;
  std::size_t next_ = 0;
};

/// Damaged and unreadable ranges have no lines that could be mended.
std::vector<std::uint64_t> offsets_of_lines(const std::vector<BadRow>& rows) {
  std::vector<std::uint64_t> offsets;
  for (const BadRow& row : rows) {
    const bool is_line = row.reason == Reason::json || row.reason == Reason::field || row.reason == Reason::utf8 || row.reason == Reason::size;
    if (is_line) offsets.push_back(row.offset);
  }
  return offsets;
}

}  // namespace

void print_quarantine(const QuarantineRequest& request, std::ostream& out) {
  Job job = load_job(request.job_path, request.sets);
  job.on_error = OnError::quarantine;
  const DatasetReader data(job.output.path);
  const std::vector<InputFile> files = inputs_of(job, data);
  Lines lines(request.to, out);
  Listing listing(job, lines);
  for_each_bad_file(data, [&](std::uint32_t number, const std::vector<BadRow>& rows) {
    if (number >= files.size()) fail(ErrorKind::check, "{}: /ledger/file: there is no file {}", data.path(), number);
    const Piece piece = whole_file(files[number], number);
    if (!request.raw) return listing.list(piece, rows);
    const InputFormat format = job.input[piece.entry].format;
    if (format != InputFormat::jsonl && format != InputFormat::tsv) return;
    copy_raw_lines(piece, offsets_of_lines(rows), job, [&](std::string_view bytes) { lines.write(bytes); });
  });
  lines.finish();
}

}  // namespace quern
