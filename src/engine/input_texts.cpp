#include "engine/input_texts.hpp"

#include "engine/dataset_text.hpp"
#include "engine/document_text.hpp"
#include "engine/input_check.hpp"
#include "engine/job_inputs.hpp"
#include "engine/report_files.hpp"
#include "quern/base/error.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/report/report.hpp"
#include "quern/report/letters.hpp"

#include <algorithm>

namespace quern {

namespace {

/// Thrown by the sink when all records of a file were met.
struct EnoughRead {};

struct Wanted {
  std::uint64_t record = 0, offset = 0;
  std::string own_id;
  InputText* text = nullptr;
};

class FileTexts {
 public:
  explicit FileTexts(const Job& job) : reader_(job, decoder_of_datasets()), document_text_(job) {}

  /// `wanted`: in input order, all of this file.
  void read(const Piece& piece, const std::vector<Wanted>& wanted) {
    auto next = wanted.begin();
    const auto lost = [&] {
      next->text->missing = fmt::format("no document begins at byte {} of {} any more: the file was changed after the run", next->offset, shown(piece.path));
    };
    try {
      reader_.read({0, 0, {piece}}, [&](const Record& record) {
        for (; next != wanted.end() && next->offset < record.offset; ++next) lost();
        if (next == wanted.end()) throw EnoughRead{};
        if (next->offset != record.offset || record.bad != Reason::none) return;
        take(record, *next, piece);
        ++next;
      });
    } catch (const EnoughRead&) {
    }
    for (; next != wanted.end(); ++next) lost();
  }

 private:
  void take(const Record& record, const Wanted& wanted, const Piece& piece) {
    if (record.own_id == wanted.own_id) {
      document_text_.make(record, wanted.text->text);
    } else {
      wanted.text->missing = fmt::format("another document ({}) begins at byte {} of {} now: the file was changed after the run", shown(record.own_id), wanted.offset,
                                         shown(piece.path));
    }
  }

  UnitReader reader_;
  DocumentText document_text_;
};

void require_same_job(const Job& job, const DatasetReader& data) {
  if (canonical_job_json(job) == data.provenance().job) return;
  fail(ErrorKind::refused, "{}: was made by another job: give the one that made it, as it was then (`quern report` shows every key that decides)", data.path());
}

/// The input as it is now; none of it, with the reason as a doubt, when it cannot be listed.
std::vector<InputFile> files_now(const Job& job, const DatasetReader& data, std::string& doubt) try {
  std::vector<InputFile> files = list_inputs(job);
  const Hash128 tokenizer = job.tokenizer.train ? Hash128{} : data.provenance().tokenizer_digest;
  const std::optional<ReportedInput> reported = read_reported_input(path_beside(data, kReportName));
  if (plan_digest(job, files, tokenizer).hex() != data.provenance().plan_digest) {
    doubt = "files of the input have other names or sizes now than at the run: a text may be another one than was removed";
  } else if (reported && reported->times != times_of(files)) {
    doubt = "files of the input were written to, or copied, after the run: a text may be another one than was removed";
  }
  return files;
} catch (const Error& error) {
  if (error.kind() != ErrorKind::plan) throw;
  doubt = error.what();
  return {};
}

}  // namespace

InputTexts input_texts(const Job& job, const DatasetReader& data, std::vector<std::uint64_t> records) {
  require_same_job(job, data);
  InputTexts texts;
  const std::vector<InputFile> files = files_now(job, data, texts.doubt);
  std::sort(records.begin(), records.end());
  std::map<std::uint64_t, std::vector<Wanted>> by_file;
  for (const std::uint64_t record : records) {
    const RecordPlace place = data.places(record, 1)[0];
    if (place.file >= data.shape().n_files) fail(ErrorKind::check, "{}: /ledger/file: there is no file {}", data.path(), place.file);
    by_file[place.file].push_back({record, place.offset, std::string(data.own_ids(record, 1)[0]), &texts.of[record]});
  }
  FileTexts reader(job);
  for (const auto& [row, wanted] : by_file) {
    const FilePart known = data.files(row, 1);
    const auto file = std::ranges::find_if(files, [&](const InputFile& f) { return f.entry == known.entry[0] && f.name == known.names[0]; });
    if (file != files.end()) {
      reader.read(whole_file(*file, static_cast<std::uint32_t>(row)), wanted);
    } else {
      for (const Wanted& one : wanted) one.text->missing = fmt::format("its file {} is not there any more", shown(known.names[0]));
    }
  }
  return texts;
}

}  // namespace quern
