// What is done in a work folder, from outside: no MPI, nothing is written.

#include "engine/work_folder.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/store/file.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <ostream>

namespace quern {

namespace {

struct Attempt {
  std::uint64_t ranks = 0;
  std::int64_t began_s = 0;
  std::int64_t last_mapped_s = 0;
  std::uint64_t text_bytes = 0;  ///< mapped in it
};

std::uint64_t text_bytes(const std::vector<MappedUnit>& units) {
  std::uint64_t bytes = 0;
  for (const MappedUnit& unit : units) bytes += unit.raw_text_bytes;
  return bytes;
}

std::vector<Attempt> attempts_of(const JournalContents& contents) {
  std::vector<Attempt> attempts;
  for (const JournalBatch& batch : contents.batches) {
    const auto mark = static_cast<Mark>(batch.kind);
    if (mark == Mark::attempt) attempts.push_back({row_of<std::uint64_t>(batch.payload), batch.time_s, batch.time_s, 0});
    if (mark != Mark::mapped || attempts.empty()) continue;
    attempts.back().last_mapped_s = batch.time_s;
    attempts.back().text_bytes += text_bytes(rows_of<MappedUnit>(batch.payload));
  }
  return attempts;
}

std::string time_text(std::int64_t seconds) { return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(static_cast<std::time_t>(seconds))); }

std::string rate_text(const Attempt& attempt) {
  const std::int64_t seconds = attempt.last_mapped_s - attempt.began_s;
  if (seconds <= 0 || attempt.text_bytes == 0) return {};
  return fmt::format(", {:.1f} MB/s since it began", static_cast<double>(attempt.text_bytes) / 1e6 / static_cast<double>(seconds));
}

void print_holder(const std::string& folder, std::ostream& out) {
  const std::string holder = lease_holder(folder);
  out << folder << ": " << (holder.empty() ? "no run holds it" : "held by " + holder) << '\n';
}

void print_progress(const Progress& progress, const PlanRecord& plan, std::ostream& out) {
  const auto line = [&](const char* step, std::size_t done, const std::string& more = {}) {
    out << fmt::format("  {:<10} {} of {} units{}\n", step, grouped(done), grouped(plan.units), more);
  };
  line("map", progress.mapped.size(), fmt::format(", {:.1f} MB of text", static_cast<double>(text_bytes(progress.mapped)) / 1e6));
  if (!progress.mapped_again.empty()) line("map again", progress.mapped_again.size());
  if (!progress.mapped.empty()) out << "  duplicates " << (progress.decided ? "decided" : "not decided yet") << '\n';
  if (progress.vocabulary) out << "  vocabulary trained\n";
  if (!progress.tokenized.empty()) line("tokenize", progress.tokenized.size());
  if (!progress.ordered.empty()) out << "  documents  are in the order of the output\n";
  if (progress.shaped_epoch == 0) return;
  const std::size_t parts = progress.written.size() - progress.units_written();
  line("write", progress.units_written(), parts == 0 ? "" : fmt::format(", {} parts of the documents in their order", grouped(parts)));
}

/// Steps forward, however small: two looks that give the same number saw nothing recorded between them (slurm/quern.sbatch asks so).
std::size_t recorded_batches(const JournalContents& contents) {
  return static_cast<std::size_t>(std::count_if(contents.batches.begin(), contents.batches.end(), [](const JournalBatch& batch) {
    return static_cast<Mark>(batch.kind) != Mark::plan && static_cast<Mark>(batch.kind) != Mark::attempt;
  }));
}

/// Of the attempt that runs: what each rank has read by its own account, recorded or not.
void print_pulses(const std::string& folder, std::uint64_t epoch, std::ostream& out) {
  const std::vector<Pulse> pulses = read_pulses(folder);
  for (std::size_t r = 0; r < pulses.size(); ++r) {
    if (pulses[r].epoch != epoch) continue;
    out << fmt::format("  rank {:<5} {:.1f} MB of text\n", r, static_cast<double>(pulses[r].text_bytes) / 1e6);
  }
}

}  // namespace

void print_status(const std::string& folder, std::ostream& out) {
  if (!path_exists(folder)) fail(ErrorKind::plan, "{}: no such folder: a work folder is the `work` of a job, and is removed when its data set is published", folder);
  if (!path_exists(journal_path(folder))) fail(ErrorKind::plan, "{}: holds no journal: nothing was begun in it", folder);
  const JournalContents contents = read_journal(journal_path(folder));
  print_holder(folder, out);
  if (contents.batches.empty()) return;
  const std::vector<Attempt> attempts = attempts_of(contents);
  if (!attempts.empty()) {
    const Attempt& last = attempts.back();
    out << fmt::format("  attempt {} on {} rank{}, begun {}{}\n", attempts.size(), last.ranks, last.ranks == 1 ? "" : "s", time_text(last.began_s),
                       rate_text(last));
  }
  print_progress(progress_of(contents), plan_of(contents), out);
  out << fmt::format("  recorded   {} batches\n", recorded_batches(contents));
  if (!lease_holder(folder).empty()) print_pulses(folder, contents.batches.back().epoch, out);
}

void print_status_of_job(const RunOptions& options, std::ostream& out) { print_status(load_job(options.job_path, options.sets).work, out); }

}  // namespace quern
