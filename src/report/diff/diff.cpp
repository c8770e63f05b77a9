#include "quern/report/diff.hpp"

#include "quern/base/error.hpp"
#include "quern/report/letters.hpp"
#include "report/diff/answers.hpp"
#include "report/diff/file_pairs.hpp"
#include "report/diff/job_keys.hpp"
#include "report/diff/ledger_cursor.hpp"

#include <algorithm>
#include <ostream>

namespace quern {

namespace {

constexpr std::size_t kIdsAtOnce = 8'000'000;

/// A record of the first data set, known by its own id.
struct Identified {
  Hash128 id;
  std::uint64_t record = 0;
  Verdict verdict = Verdict::kept;
  Reason reason = Reason::none;
  bool met = false;  ///< in the second data set
  bool operator<(const Identified& other) const { return id != other.id ? id < other.id : record < other.record; }
};

std::string name_of(std::string_view own_id, const std::string& file, std::uint64_t offset) {
  return shown(own_id.empty() ? fmt::format("{}:{}", file, offset) : std::string(own_id));
}

/// The document that a record was removed for.
std::string why(const DatasetReader& data, const LedgerRow& row, std::string_view which) {
  if (row.kept == kNoRecord) return {};
  if (row.kept >= data.shape().n_records) fail(ErrorKind::check, "{}: /ledger/kept: there is no record {}", data.path(), row.kept);
  const Similarity& s = row.similarity;
  const std::string similarity = s.denominator == 0 ? "" : fmt::format(", similarity {:.4f}", 1.0 * s.numerator / s.denominator);
  return fmt::format("\n      in the {} for {}{}", which, shown(record_name(data, row.kept)), similarity);
}

class Diff {
 public:
  Diff(const DatasetReader& first, const DatasetReader& second, Answers& answers)
      : first_(first), second_(second), answers_(answers), first_files_(file_rows(first)), second_files_(file_rows(second)) {}

  void run() {
    const std::vector<FilePair> pairs = pair_files(first_files_, second_files_);
    for (const FilePair& pair : pairs) {
      if (pair.first && pair.second) merge(first_files_[*pair.first], second_files_[*pair.second]);
    }
    std::vector<FileRows> first_alone, second_alone;
    for (const FilePair& pair : pairs) {
      if (!pair.second) first_alone.push_back(first_files_[*pair.first]);
      if (!pair.first) second_alone.push_back(second_files_[*pair.second]);
    }
    join_by_id(first_alone, second_alone);
  }

 private:
  template <class Why>
  void add(const std::string& first, const std::string& second, const LedgerCursor& at, const FileRows& file, Why why_of) {
    answers_.add(first, second, at.source(), [&] { return name_of(at.own_id(), file.name, at.row().offset); }, why_of);
  }

  /// Offsets never fall within a file.
  void merge(const FileRows& a, const FileRows& b) {
    LedgerCursor x(first_, a.first, a.end), y(second_, b.first, b.end);
    while (!x.at_end() || !y.at_end()) {
      const bool only_x = y.at_end() || (!x.at_end() && x.row().offset < y.row().offset);
      const bool only_y = x.at_end() || (!y.at_end() && y.row().offset < x.row().offset);
      const std::string in_x = only_y ? std::string(kAbsent) : answer_of(first_, x.row());
      const std::string in_y = only_x ? std::string(kAbsent) : answer_of(second_, y.row());
      add(in_x, in_y, only_y ? y : x, only_y ? b : a, [&] {
        return (only_y ? std::string() : why(first_, x.row(), "first")) + (only_x ? std::string() : why(second_, y.row(), "second"));
      });
      if (!only_y) x.next();
      if (!only_x) y.next();
    }
  }

  template <class Visit>
  static void for_each_row(const DatasetReader& data, const std::vector<FileRows>& files, Visit visit) {
    for (const FileRows& file : files) {
      for (LedgerCursor at(data, file.first, file.end); !at.at_end(); at.next()) visit(at, file);
    }
  }

  /// Records of files that one data set alone has, by their own ids: as many of the first's as fit at once, against all of the second's.
  /// Of equal ids the first stands for the first.
  void join_by_id(const std::vector<FileRows>& first, const std::vector<FileRows>& second) {
    std::uint64_t rows = 0;
    for (const FileRows& file : first) rows += file.end - file.first;
    const std::uint64_t passes = rows / kIdsAtOnce + 1;
    for (std::uint64_t pass = 0; pass < passes; ++pass) join_part(first, second, pass, passes);
  }

  void join_part(const std::vector<FileRows>& first, const std::vector<FileRows>& second, std::uint64_t pass, std::uint64_t passes) {
    const auto in_pass = [&](std::string_view id) { return hash64(id) % passes == pass; };
    std::vector<Identified> known;
    for_each_row(first_, first, [&](const LedgerCursor& at, const FileRows&) {
      if (!at.own_id().empty() && in_pass(at.own_id())) known.push_back({hash128(at.own_id()), at.record(), at.row().verdict, at.row().reason, false});
    });
    std::sort(known.begin(), known.end());
    for_each_row(second_, second, [&](const LedgerCursor& at, const FileRows& file) {
      if (!in_pass(at.own_id())) return;
      Identified* const same = at.own_id().empty() ? nullptr : first_unmet(known, hash128(at.own_id()));
      LedgerRow row;
      if (same != nullptr) {
        same->met = true;
        row.verdict = same->verdict;
        row.reason = same->reason;
      }
      const auto why_of = [&] {
        return (same != nullptr ? why(first_, first_.ledger(same->record, 1).rows[0], "first") : std::string()) + why(second_, at.row(), "second");
      };
      add(same != nullptr ? answer_of(first_, row) : std::string(kAbsent), answer_of(second_, at.row()), at, file, why_of);
    });
    for_each_row(first_, first, [&](const LedgerCursor& at, const FileRows& file) {
      if (!in_pass(at.own_id())) return;
      const bool met = !at.own_id().empty() && std::lower_bound(known.begin(), known.end(), Identified{hash128(at.own_id()), at.record()})->met;
      if (!met) add(answer_of(first_, at.row()), std::string(kAbsent), at, file, [&] { return why(first_, at.row(), "first"); });
    });
  }

  static Identified* first_unmet(std::vector<Identified>& known, const Hash128& id) {
    for (auto at = std::lower_bound(known.begin(), known.end(), Identified{id, 0}); at != known.end() && at->id == id; ++at) {
      if (!at->met) return &*at;
    }
    return nullptr;
  }

  const DatasetReader &first_, &second_;
  Answers& answers_;
  std::vector<FileRows> first_files_, second_files_;
};

void print_keys(const std::vector<KeyDifference>& keys, std::ostream& out) {
  constexpr std::size_t kMost = 30;
  for (std::size_t k = 0; k < std::min(kMost, keys.size()); ++k) {
    const auto value = [](const std::string& json) { return json.empty() ? "(none)" : shown(json); };
    out << fmt::format("  {:<40} {} -> {}\n", keys[k].key, value(keys[k].first), value(keys[k].second));
  }
  if (keys.size() > kMost) out << fmt::format("  … and {} more\n", keys.size() - kMost);
}

void print_jobs(const DatasetReader& first, const DatasetReader& second, std::ostream& out) {
  out << fmt::format("first    {}, content digest {}\nsecond   {}, content digest {}\n", first.path(), first.content_digest().hex(), second.path(),
                     second.content_digest().hex());
  const JobDifferences jobs = differing_keys(first.provenance().job, second.provenance().job);
  out << (jobs.keys.empty() ? "\nthe jobs are the same\n" : "\nkeys of the job that differ\n");
  print_keys(jobs.keys, out);
  if (jobs.first_refilters + jobs.second_refilters == 0) return;
  const auto times = [](std::size_t n) { return n == 0 ? std::string("not") : n == 1 ? std::string("once") : fmt::format("{} times", n); };
  out << fmt::format("\nfiltered again: the first {}, the second {}; {}\n", times(jobs.first_refilters), times(jobs.second_refilters),
                     jobs.last_filter.empty() ? "the last filters are the same" : "keys of the last filters that differ");
  print_keys(jobs.last_filter, out);
}

}  // namespace

bool diff_datasets(const std::string& first_path, const std::string& second_path, const DiffOptions& options, std::ostream& out) {
  const DatasetReader first(first_path), second(second_path);
  try {
    if (!options.quiet && !options.list) print_jobs(first, second, out);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::check, "/provenance/job: is no JSON: {}", error.what());
  }
  Answers answers(options, out);
  if (options.list && !options.quiet) out << "record\tfirst\tsecond\n";
  Diff(first, second, answers).run();
  if (!options.quiet && !options.list) answers.print();
  out.flush();
  if (!out) fail(ErrorKind::store, "the output takes no more");
  return answers.any_differs();
}

}  // namespace quern
