// Arguments → engine.

#include "completion.hpp"
#include "manual_page.hpp"
#include "quern/base/error.hpp"
#include "quern/base/version.hpp"
#include "quern/comm/mpi_run.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/job_schema.hpp"
#include "quern/report/diff.hpp"
#include "quern/report/log.hpp"
#include "quern/report/terminal.hpp"
#include "quern/write/print.hpp"
#include "quern/write/verify.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
// Open MPI closes its components before the leak check, which then cannot tell their allocations from ours.
extern "C" int dlclose(void*) { return 0; }
#endif

namespace {

using namespace quern;

constexpr const char* kExamples = R"(
Examples:
  quern plan job.yaml                          what a run would read, and how much
  mpirun -n 8 quern run job.yaml               from raw text to a data set
  quern run job.yaml --set memory_per_rank=4GiB --set output.path=out/test
  quern show out/web                           what is in a data set
  quern show out/web --document 0              its first document
  quern ledger out/web | grep near             what was removed as a near duplicate, and for which document
  quern verify out/web && quern digest out/web
  quern reproduce out/web                      does its job give the same again?
  quern export out/web --format megatron --to out/web-megatron
  quern encode --tokenizer gpt2.tokenizer.json in.jsonl

Exit codes: 0 done, 1 a bug (of diff: they differ), 2 command line, 3 job or tokenizer, 4 input, 5 files, 6 communication,
7 wrong counts or digests, 8 refused, 9 a rank hung, 10 stopped by a signal, 11 beyond a limit of the job: not published,
12 reproduced with another result.)";

/// Of `quern diff`, which answers as diff does (docs/exit-codes.md): 1 means that they differ, so that a bug needs another code.
constexpr int kDifferent = 1, kBugInDiff = 13;

int report_failure(const std::exception& failure, const std::string& where) {
  const auto* error = dynamic_cast<const Error*>(&failure);
  std::cout.flush();
  erase_status_line();
  std::fprintf(stderr, "quern: %s%s\n", where.c_str(), failure.what());
  log_event(LogLevel::error, failure.what());
  return error != nullptr ? error->exit_code() : static_cast<int>(ErrorKind::internal);
}

/// What a full disk or a closed pipe took is no success.
void flush_output() {
  if (!std::cout.flush()) fail(ErrorKind::store, "standard output: cannot be written to");
}

/// For commands that need no ranks: MPI is never started, since login nodes forbid it.
int alone(const std::function<void()>& command) {
  try {
    command();
    flush_output();
    return 0;
  } catch (const std::exception& failure) {
    return report_failure(failure, "");
  }
}

/// For commands that all ranks run together. A rank that fails ends all of them: an orderly return would leave the others waiting.
int together(int argc, char** argv, const std::function<void(World&)>& command) {
  MpiRun mpi(argc, argv);
  try {
    command(mpi.world());
    flush_output();
    return 0;
  } catch (const SaidElsewhere& failure) {
    // The rank that failed ends the job, this rank too, before this is over.
    std::this_thread::sleep_for(std::chrono::seconds(10));
    mpi.abort(failure.exit_code());
    return failure.exit_code();
  } catch (const std::exception& failure) {
    const World& world = mpi.world();
    const int code = report_failure(failure, world.size() > 1 ? fmt::format("rank {}: ", world.rank()) : "");
    if (world.size() > 1) mpi.abort(code);
    // MPI_Finalize has HDF5 close its files; one that could not be written makes it crash.
    if (code == static_cast<int>(ErrorKind::store)) std::_Exit(code);
    return code;
  }
}

/// An empty word is what is left of a variable that is not set.
const CLI::Validator not_empty([](const std::string& word) { return word.empty() ? std::string("is empty: name a path") : std::string(); }, "", "not_empty");

CLI::App* add_job_command(CLI::App& app, const std::string& name, const std::string& help, RunOptions& options) {
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option("job", options.job_path, "job file (YAML; docs/job.md)")->required();
  command->add_option("--set", options.sets, "override a key of the job: a.b=value")->allow_extra_args(false);
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("quern", make_stderr_sink()));
  spdlog::set_pattern("quern: %v");
  CLI::App app("quern turns raw text into training data for language models: clean, filter, deduplicate, tokenize, HDF5.", "quern");
  app.footer(kExamples);
  app.set_version_flag("--version", "quern " + std::string(version()));
  app.require_subcommand(1);
  int code = 0;

  RunOptions run;
  CLI::App* run_command = add_job_command(app, "run", "run a job (start it with mpirun or srun for more than one rank)", run);
  run_command->add_flag("--overwrite", run.overwrite, "replace a data set that another job made (never anything else)");
  run_command->add_flag("--restart", run.restart, "begin anew: remove what a killed or stopped run has left in the work folder");
  std::string progress;
  run_command->add_option("--progress", progress, "terminal: one line, drawn again; lines; none (by default as standard error is: under mpirun lines)")
      ->check(CLI::IsMember({"auto", "terminal", "lines", "none"}));
  run_command->callback([&] {
    if (!progress.empty()) run.sets.push_back("progress.show=" + progress);
    RunEnd end = RunEnd::done;
    code = together(argc, argv, [&](World& world) { end = run_job(run, std::cout, world); });
    if (code == 0 && end == RunEnd::stopped) code = static_cast<int>(ErrorKind::stopped);
    if (code == 0 && end == RunEnd::limits) code = static_cast<int>(ErrorKind::limits);
  });

  RunOptions plan;
  BatchRequest batch;
  bool slurm = false;
  CLI::App* plan_command = add_job_command(app, "plan", "say what a run would do; with --slurm, print a batch script for it", plan);
  CLI::Option* slurm_option = plan_command->add_flag("--slurm", slurm, "print a batch script made for the job (docs/cluster.md)");
  const auto add_batch_option = [&](const char* name, auto& value, const char* help) {
    return plan_command->add_option(name, value, help)->needs(slurm_option);
  };
  add_batch_option("--nodes", batch.nodes, "nodes of the run (1)")->check(CLI::PositiveNumber);
  add_batch_option("--tasks-per-node", batch.tasks_per_node, "ranks on each of them (8)")->check(CLI::PositiveNumber);
  add_batch_option("--rate", batch.mb_per_s_per_rank, "10^6 bytes of text a second that one rank does")->check(CLI::PositiveNumber);
  add_batch_option("--report", batch.report, "report.json of an earlier run, to take the rate from");
  add_batch_option("--check", batch.script, "print none: say whether the #SBATCH lines of this script are enough");
  plan_command->callback([&] { code = alone([&] { slurm ? plan_batch(plan, batch, std::cout) : print_plan(plan, std::cout); }); });

  RunOptions clean;
  add_job_command(app, "clean", "print each document after clean, as JSON lines", clean)->callback([&] {
    code = alone([&] { print_clean(clean, std::cout); });
  });

  RunOptions languages;
  add_job_command(app, "classify", "print the language of each document after clean: id, label, thousandths, reliable, verdict", languages)
      ->callback([&] { code = alone([&] { print_languages(languages, std::cout); }); });

  QuarantineRequest quarantine;
  RunOptions quarantine_job;
  CLI::App* quarantine_command = add_job_command(app, "quarantine", "list what a finished job could not take in, or print its lines to be mended",
                                                 quarantine_job);
  quarantine_command->add_flag("--raw", quarantine.raw, "the lines themselves, byte for byte: mended, they can be an input");
  quarantine_command->add_option("--output", quarantine.to, "new file (mode 0600) in place of standard output");
  quarantine_command->callback([&] {
    quarantine.job_path = quarantine_job.job_path;
    quarantine.sets = quarantine_job.sets;
    code = alone([&] { print_quarantine(quarantine, std::cout); });
  });

  app.add_subcommand("schema", "print the JSON Schema of job files, for editors (docs/editors.md)")->callback([&] {
    code = alone([&] { std::cout << job_schema(); });
  });

  std::string shell;
  CLI::App* completion_command = app.add_subcommand("completion", "print a script that completes quern's commands and options in a shell");
  completion_command->add_option("shell", shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_command->callback([&] { code = alone([&] { std::cout << completion(app, shell); }); });

  app.add_subcommand("manual", "print the manual page quern(1), for man -l")->callback([&] {
    code = alone([&] { std::cout << manual_page(app, version()); });
  });

  RunOptions work;
  CLI::App* status_command = app.add_subcommand("status", "say what a run has done so far, and how fast");
  status_command->add_option("work", work.job_path, "work folder (the `work` of the job), or the job file")->required();
  status_command->add_option("--set", work.sets, "override a key of the job: a.b=value")->allow_extra_args(false);
  status_command->callback([&] {
    code = alone([&] { std::filesystem::is_regular_file(work.job_path) ? print_status_of_job(work, std::cout) : print_status(work.job_path, std::cout); });
  });

  std::string data;
  const auto add_data_command = [&](const std::string& name, const std::string& help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("output", data, "folder of a data set, or its .h5 file")->required();
    return command;
  };
  add_data_command("digest", "print the digest of a data set's content in order: the same at any number of ranks")->callback([&] {
    code = together(argc, argv, [&](World& world) {
      const Hash128 digest = dataset_digest(data, world);
      if (world.is_root()) std::cout << digest.hex() << '\n';
    });
  });
  add_data_command("verify", "read data.h5 and its shards again and hold them against the format, the counts and the digests")->callback([&] {
    code = together(argc, argv, [&](World& world) {
      verify_dataset(data, world);
      if (!world.is_root()) return;
      std::cout << data << ": verified" << (has_vocabulary_beside(data) ? "" : ", but the vocabulary it was made with does not lie beside it") << '\n';
    });
  });
  add_data_command("ledger", "print a line for every input record: id, verdict, reason, kept document, similarity")->callback([&] {
    code = alone([&] { print_ledger(data, std::cout); });
  });

  RefilterRequest refilter;
  CLI::App* refilter_command = app.add_subcommand("refilter", "write a data set again with other thresholds, from the signals that it keeps");
  refilter_command->add_option("output", refilter.path, "folder of a data set, or its .h5 file")->required();
  refilter_command->add_option("--to", refilter.to, "folder of the new data set")->required()->check(not_empty);
  refilter_command->add_option("--set", refilter.sets, "the filters: 'filter=[{fineweb: {max_short_lines: 0.5}}]'")->allow_extra_args(false)->required();
  refilter_command->add_flag("--overwrite", refilter.overwrite, "replace the data set of another job");
  refilter_command->callback([&] { code = together(argc, argv, [&](World& world) { refilter_dataset(refilter, std::cout, world); }); });

  ReproduceRequest reproduced;
  CLI::App* reproduce_command = app.add_subcommand("reproduce", "run the job of a data set again from what it says of itself, and compare (docs/reproducibility.md)");
  reproduce_command->add_option("output", reproduced.path, "folder of a data set, or its .h5 file")->required();
  reproduce_command->add_option("--input-root", reproduced.input_roots, "where the input is now: a folder for all of it, or one for each `input` of the job")
      ->allow_extra_args(false);
  reproduce_command->add_option("--job", reproduced.job_path, "job file that says where files are, in the place of report.json");
  reproduce_command->add_option("--to", reproduced.to, "folder of the new data set, which then stays (OUTPUT.reproduced, kept only when it differs)")->check(not_empty);
  reproduce_command->add_option("--set", reproduced.sets, "override a capacity of the job: memory_per_rank=4GiB")->allow_extra_args(false);
  reproduce_command->callback([&] {
    ReproduceEnd end = ReproduceEnd::same;
    code = together(argc, argv, [&](World& world) { end = reproduce_dataset(reproduced, std::cout, world); });
    if (code == 0 && end == ReproduceEnd::different) code = kDiffersExitCode;
    if (code == 0 && end == ReproduceEnd::stopped) code = static_cast<int>(ErrorKind::stopped);
  });

  std::string card_of, card_job;
  CLI::App* card_command = app.add_subcommand("card", "print the data card again, from provenance.json beside a data set");
  card_command->add_option("output", card_of, "folder of a data set, or its .h5 file")->required();
  card_command->add_option("--job", card_job, "job file whose section `about` is taken");
  card_command->callback([&] { code = alone([&] { print_card(card_of, card_job, std::cout); }); });

  ExportCommand exported;
  CLI::App* export_command = app.add_subcommand("export", "write a data set in the format of a trainer (docs/export.md)");
  export_command->add_option("output", exported.path, "folder of a data set, or its .h5 file")->required();
  export_command
      ->add_option("--format", exported.format, "megatron, cerebras-samples, nanogpt, llmc, datatrove, olmo, jsonl or windows")
      ->required();
  export_command->add_option("--to", exported.to, "new folder for the files")->required()->check(not_empty);
  export_command->add_option("--set", exported.sets, "an option of the format: length=2048")->allow_extra_args(false);
  const auto add_export_option = [&](const char* flag, const char* key, const char* help) {
    export_command->add_option_function<std::string>(flag, [&, key](const std::string& value) { exported.sets.push_back(fmt::format("{}={}", key, value)); },
                                                     help);
  };
  add_export_option("--length", "length", "tokens of a window (cerebras-samples, windows)");
  add_export_option("--pack", "pack", "concat, whole or best_fit (cerebras-samples, windows)");
  add_export_option("--compression", "compression", "none, gzip or zstd (jsonl)");
  export_command->add_flag("!--no-verify", exported.verify, "do not verify the data set first: it was, a moment ago");
  export_command->add_flag("--overwrite", exported.overwrite, "replace an older export (never anything else)");
  export_command->callback([&] { code = together(argc, argv, [&](World& world) { export_files(exported, std::cout, world); }); });

  ReportRequest report;
  CLI::App* report_command = add_data_command("report", "write report.html again: a data set as a page to look at in a browser");
  report_command->add_flag("--no-texts", report.no_texts, "without the examples of duplicates: no text of a document in it");
  report_command->add_option("--to", report.to, "new file, in place of report.html beside the data set")->check(not_empty);
  report_command->callback([&] {
    report.path = data;
    code = together(argc, argv, [&](World& world) { write_report(report, std::cout, world); });
  });

  ShowRequest shown;
  CLI::App* show_command = app.add_subcommand("show", "look at a data set");
  show_command->add_option("output", shown.path, "folder of a data set, or its .h5 file")->required();
  show_command->add_option("--document", shown.document, "a kept document by its number, from 0")->check(CLI::NonNegativeNumber);
  show_command->add_option("--removed", shown.removed, "a removed record by its number among these, from 0")->check(CLI::NonNegativeNumber);
  show_command->add_option("--cluster", shown.cluster, "own id or record number: its cluster of duplicates, with the differences of their texts");
  show_command->add_option("--most", shown.most, "documents of a cluster that are shown (20)");
  show_command->add_option("--job", shown.job_path, "job file of the data set, to read the texts of removed documents again");
  show_command->add_option("--set", shown.sets, "override a key of the job: a.b=value")->allow_extra_args(false);
  show_command->add_flag("--ascii", shown.ascii, "pictures in ASCII");
  show_command->add_option("--tokenizer", shown.tokenizer_path, "vocabulary to decode with, when it does not lie beside the data set");
  show_command->add_option("--pattern", shown.pattern, "its pattern, for tiktoken files");
  show_command->callback([&] { code = alone([&] { show(shown, std::cout); }); });

  std::string first, second;
  DiffOptions differences;
  CLI::App* diff_command = app.add_subcommand("diff", "what two data sets kept differently, and why; exit code 0: nothing, 1: something");
  diff_command->add_option("first", first, "folder of a data set, or its .h5 file")->required();
  diff_command->add_option("second", second, "of another one")->required();
  diff_command->add_option("--examples", differences.examples, "records named for each difference (3)");
  diff_command->add_flag("--list", differences.list, "a line for each record that differs: name, answer in the first, in the second");
  diff_command->add_flag("--quiet", differences.quiet, "print nothing: the exit code tells");
  diff_command->callback([&] {
    bool differ = false;
    code = alone([&] { differ = diff_datasets(first, second, differences, std::cout); });
    if (code == static_cast<int>(ErrorKind::internal)) code = kBugInDiff;
    if (code == 0 && differ) code = kDifferent;
  });

  std::string tokenizer, pattern, input;
  CLI::App* encode_command = app.add_subcommand("encode", "print the tokens of each document of a JSON lines file");
  encode_command->add_option("--tokenizer", tokenizer, "tokenizer.json, tiktoken file, or GPT-2's vocab.bpe or encoder.json")->required();
  encode_command->add_option("--pattern", pattern, "gpt2, r50k_base, cl100k_base, o200k_base, llama3 or qwen2");
  encode_command->add_option("input", input, "JSON lines with a field `text`; plain, gzip or zstd")->required();
  encode_command->callback([&] { code = alone([&] { print_tokens(tokenizer, pattern, input, std::cout); }); });

  const auto is_asked = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_asked).empty()) {
    std::fprintf(stderr, "quern: there is no command '%s'; quern --help has them all\n", argv[1]);
    return static_cast<int>(ErrorKind::usage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int shown_code = app.exit(error);
    return shown_code == 0 ? 0 : static_cast<int>(ErrorKind::usage);
  }
  return code;
}
