// `quern plan --slurm`: from the estimates of a plan to the lines of a batch script.

#include "engine/batch_script.hpp"
#include "engine/setup.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/units.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <ostream>

namespace quern {

namespace {

/// A tenth of what one core does with a ready vocabulary, and less than half of what it does when it trains one.
constexpr double kCarefulRate = 10;
/// Code, MPI, HDF5, and the vocabulary with its tables.
constexpr std::uint64_t kBytesOnTop = 1ull << 30;
/// What comes on top of memory_per_rank besides (docs/job.md): for each record, and for each distinct word while a vocabulary is trained.
constexpr std::uint64_t kBytesPerRecord = 300, kBytesPerWord = 200;
constexpr std::uint64_t kGuessedRecordBytes = 3000, kGuessedWordBytes = 5;
constexpr std::uint64_t kStartSeconds = 300;
/// An attempt has to begin, look at what is recorded, and be warned early enough to record what it has.
constexpr std::uint64_t kLeastSeconds = 600;
constexpr std::uint64_t kLeastWarningSeconds = 60;

/// What the job needs with so many ranks.
struct Need {
  std::uint64_t text_bytes = 0;
  std::uint64_t units = 0;
  std::uint64_t bytes_per_rank = 0;
  std::uint64_t seconds = 0;
  double rate = 0;
  std::string rate_from;
};

void choose_rate(const BatchRequest& request, Need& need) {
  need.rate = kCarefulRate;
  need.rate_from = "a careful guess; --rate or --report gives a measured one";
  if (!request.report.empty()) {
    need.rate = measured_rate(request.report);
    need.rate_from = "measured: " + request.report;
  }
  if (request.mb_per_s_per_rank > 0) {
    need.rate = request.mb_per_s_per_rank;
    need.rate_from = "given by --rate";
  }
}

/// Distinct words grow as a power of the text's length (Heaps 1978, "Information Retrieval", section 7.5); 30 and 0.6 are high for web text.
std::uint64_t guessed_words(const TrainSpec& train, std::uint64_t text_bytes) {
  const double guess = 30 * std::pow(static_cast<double>(text_bytes / kGuessedWordBytes), 0.6);
  return guess < static_cast<double>(train.max_words) ? static_cast<std::uint64_t>(guess) : train.max_words;
}

std::uint64_t bytes_per_rank(const Job& job, std::uint64_t text_bytes, std::uint64_t ranks) {
  std::uint64_t bytes = job.memory_per_rank + kBytesOnTop + text_bytes / ranks / kGuessedRecordBytes * kBytesPerRecord;
  if (job.tokenizer.train) bytes += guessed_words(*job.tokenizer.train, text_bytes) * kBytesPerWord;
  constexpr std::uint64_t kStep = 64u << 20;
  return (bytes + kStep - 1) / kStep * kStep;
}

std::uint64_t whole_minutes(double seconds) { return static_cast<std::uint64_t>(std::ceil(seconds / 60)) * 60; }

Need need_of(const RunOptions& options, const BatchRequest& request, std::uint64_t ranks) {
  const auto alone = single_rank_world();
  const Setup setup = prepare(options.job_path, options.sets, *alone);
  Need need;
  for (const Unit& unit : make_units(setup.files, setup.job, ranks)) {
    need.text_bytes += unit.estimated_bytes;
    ++need.units;
  }
  need.bytes_per_rank = bytes_per_rank(setup.job, need.text_bytes, ranks);
  choose_rate(request, need);
  // More ranks than units wait.
  const auto at_work = static_cast<double>(std::clamp<std::uint64_t>(need.units, 1, ranks));
  const double work_s = static_cast<double>(need.text_bytes) / 1e6 / (need.rate * at_work);
  need.seconds = std::max(kLeastSeconds, whole_minutes(kStartSeconds + 1.5 * work_s));
  return need;
}

std::string memory_text(std::uint64_t bytes) { return fmt::format("{}M", (bytes + (1u << 20) - 1) >> 20); }

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

/// The job and its overrides, and the program that says so, in place of the script's arguments.
std::string with_job(std::string script, const RunOptions& options) {
  std::string words = shell_word(absolute(options.job_path));
  for (const std::string& set : options.sets) words += " --set " + shell_word(set);
  const auto put = [&](const std::string& line, const std::string& other) {
    const std::size_t at = script.find("\n" + line + "\n");
    if (at == std::string::npos) fail(ErrorKind::internal, "slurm/quern.sbatch has no line {}", line);
    script.replace(at + 1, line.size(), other);
  };
  put("arguments=(\"$@\")", "arguments=(" + words + " \"$@\")");
  put("quern=${QUERN:-$(command -v quern)}", "quern=${QUERN:-" + shell_word(std::filesystem::read_symlink("/proc/self/exe").string()) + "}");
  return script;
}

/// Lines of comment below the first one, in place of how to call the script.
std::string with_head(const std::string& script, const std::string& head) {
  const std::size_t begin = script.find('\n') + 1, end = script.find("\n#SBATCH") + 1;
  return script.substr(0, begin) + head + script.substr(end);
}

std::string head_of(const RunOptions& options, const Need& need, std::uint64_t ranks) {
  std::string head = fmt::format("# quern run {}: submit it by `sbatch FILE`, nothing else is needed.\n", shell_word(absolute(options.job_path)));
  head += fmt::format("# About {} bytes of text in {} units, on {} ranks at {:.3g} MB/s each ({}).\n", grouped(need.text_bytes), grouped(need.units),
                      ranks, need.rate, need.rate_from);
  if (need.units < ranks) head += "# Fewer units than ranks: some ranks would have nothing to read.\n";
  return head + "# The time is half as much again as that takes, and 5 minutes. A shorter one will do: the job goes on in the next attempt.\n";
}

void check_script(const BatchOptions& have, const Need& need, const std::string& name, std::ostream& out) {
  std::vector<std::string> short_of;
  const auto memory = have.bytes_per_task();
  if (!memory) {
    short_of.push_back(fmt::format("no --mem-per-cpu or --mem: a rank needs {}", memory_text(need.bytes_per_rank)));
  } else if (*memory < need.bytes_per_rank) {
    short_of.push_back(fmt::format("a rank has {}, needs {} (memory_per_rank and what comes on top): --mem-per-cpu={} with --cpus-per-task={}",
                                   memory_text(*memory), memory_text(need.bytes_per_rank),
                                   memory_text((need.bytes_per_rank + have.cpus_per_task.value_or(1) - 1) / have.cpus_per_task.value_or(1)),
                                   have.cpus_per_task.value_or(1)));
  }
  const bool goes_on = have.signal_s.value_or(0) >= kLeastWarningSeconds;
  if (!goes_on) short_of.push_back(fmt::format("no --signal=B:USR1@{} or more: the shell is not warned before the time limit", kLeastWarningSeconds));
  if (!have.appends) short_of.push_back("no --open-mode=append: each attempt wipes the log of the one before");
  if (!have.time_s) {
    short_of.push_back(fmt::format("no --time: the cluster's default may be short; {} is enough at once", slurm_time(need.seconds)));
  } else if (*have.time_s < kLeastSeconds) {
    short_of.push_back(fmt::format("--time={} is too short for an attempt: {} at least", slurm_time(*have.time_s), slurm_time(kLeastSeconds)));
  }
  std::string text;
  for (const std::string& line : short_of) text += "\n  " + line;
  if (!short_of.empty()) fail(ErrorKind::plan, "{}: not enough for this job:{}", name, text);
  out << fmt::format("{}: enough for this job: {} ranks, {} each\n", name, have.ranks(), *memory == UINT64_MAX ? "whole nodes" : memory_text(*memory));
  if (*have.time_s < need.seconds) {
    out << fmt::format("  --time={} for work of about {}: {}\n", slurm_time(*have.time_s), slurm_time(need.seconds),
                       have.requeue ? "it is queued again until it is through" : "new jobs follow until it is through");
  }
}

}  // namespace

void plan_batch(const RunOptions& options, const BatchRequest& request, std::ostream& out) {
  BatchOptions have;
  if (request.script.empty()) {
    have = read_batch_options(kBatchScript, "slurm/quern.sbatch");
  } else {
    have = read_batch_options(read_file(request.script), request.script);
  }
  if (request.nodes || request.tasks_per_node) have.tasks.reset();
  if (request.nodes) have.nodes = request.nodes;
  if (request.tasks_per_node) have.tasks_per_node = request.tasks_per_node;
  const Need need = need_of(options, request, have.ranks());
  if (!request.script.empty()) {
    check_script(have, need, request.script, out);
  } else {
    const std::string script = with_options(kBatchScript, {{"--nodes", std::to_string(have.nodes.value_or(1))},
                                                           {"--ntasks-per-node", std::to_string(have.tasks_per_node.value_or(1))},
                                                           {"--mem-per-cpu", memory_text(need.bytes_per_rank)},
                                                           {"--time", slurm_time(need.seconds)}});
    out << with_head(with_job(script, options), head_of(options, need, have.ranks()));
  }
  if (!out) fail(ErrorKind::store, "standard output: cannot be written to");
}

}  // namespace quern
