#include "engine/contamination_table.hpp"
#include "engine/dedup.hpp"
#include "engine/document_rules.hpp"
#include "engine/exports.hpp"
#include "engine/input_check.hpp"
#include "engine/map.hpp"
#include "engine/memory_need.hpp"
#include "engine/order_documents.hpp"
#include "engine/order_key.hpp"
#include "engine/origin.hpp"
#include "engine/output.hpp"
#include "engine/pause_point.hpp"
#include "engine/publish.hpp"
#include "engine/quantiles.hpp"
#include "engine/records.hpp"
#include "engine/repeat.hpp"
#include "engine/report_files.hpp"
#include "engine/run_limits.hpp"
#include "engine/run_report.hpp"
#include "engine/second_map.hpp"
#include "engine/setup.hpp"
#include "engine/sources.hpp"
#include "engine/stop.hpp"
#include "engine/tokens.hpp"
#include "engine/verdicts.hpp"
#include "engine/watch.hpp"
#include "engine/work_folder.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/version.hpp"
#include "quern/engine/engine.hpp"
#include "quern/report/log.hpp"
#include "quern/store/file.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <ostream>
#include <type_traits>

namespace quern {

namespace {

/// Thrown on all ranks together, between two steps.
struct Stopped {};

/// Collective: rank 0 looks, all know. Throws Error{refused} when the output is another job's, or its input was changed since.
bool already_done(const Publication& publication, const Setup& setup, bool overwrite, World& world) {
  const bool done = world.is_root() && publication.already_done(setup.plan_digest);
  if (world.max(done ? 1 : 0) == 0) return false;
  if (is_input_of(setup.job.output.path, setup, world)) return true;
  if (!overwrite && world.is_root()) {
    fail(ErrorKind::refused,
         "{}: was made by the same job, but the content of the input was changed since: choose another output.path, or give --overwrite to replace it",
         setup.job.output.path);
  }
  return false;
}

/// Rank 0 alone: the vocabulary beside the data set, so that it can be decoded without the job.
void add_tokenizer(const Publication& publication, const Setup& setup, const Trained& trained) {
  const auto put = [&](const std::string& name, const std::string& bytes) { publish_file(publication.aside() + "/" + name, bytes); };
  if (setup.job.tokenizer.train) put("tokenizer.json", trained.tokenizer_json);
  for (const auto& [name, bytes] : setup.tokenizer_files) put(name, bytes);
}

/// The steps of a run in order, each ended before the next begins.
class Run {
 public:
  Run(Setup& setup, DocumentRules& rules, const Publication& publication, WorkFolder& work, StepClock& clock, Watch& watch, World& world)
      : setup_(setup), rules_(rules), publication_(publication), work_(work), clock_(clock), watch_(watch), world_(world) {}

  RunReport go() {
    end_step("planned");
    const Mapped mapped = step("map: read, clean, filter, sign", "mapped", [&] { return map_units(setup_, rules_, work_, clock_, world_); });
    setup_.file_digests = mapped.file_digests;
    std::string phase = "map";
    std::vector<UnitPlace> places = mapped.places;
    if (maps_twice(setup_.job)) {
      places = step("repeated lines, sign", "mapped again", [&] {
        tally.begin(Stage::repeats);
        Records records = bring_home(places, phase, setup_, world_);
        apply_quantiles(records, setup_, world_);
        return map_again(records, setup_, rules_, work_, world_);
      });
      phase = "final";
    }
    NearCounts near;
    Records records = step("exact and near duplicates", "decided", [&] { return decide(places, phase, near); });
    check_limits_so_far(records);
    Trained trained;
    places = records.units;
    if (setup_.job.tokenizer.train) {
      trained = step("train the vocabulary", "vocabulary", [&] { return train_vocabulary(records, setup_, work_, world_); });
    }
    if (!spools_tokens(setup_)) {
      places = step("tokenize", "tokenized", [&] { return tokenize_spool(records, setup_, work_, world_); });
      phase = "tokens";
    }
    std::optional<OrderedDocuments> ordered;
    if (reorders_documents(setup_.job)) {
      ordered = step("order the documents", "documents ordered", [&] { return order_documents(records, phase, places, setup_, work_, world_); });
    }
    const auto written = step("write", "written", [&] {
      return write_dataset(publication_.aside(), phase, places, records, ordered ? &*ordered : nullptr, setup_, work_, world_);
    });
    if (has_exports(setup_.job.output)) {
      exported_ = step("export", "exported", [&] {
        tally.begin(Stage::exports);
        return write_exports(publication_.aside(), setup_, world_);
      });
    }
    if (rules_.evaluation_sets) write_contamination_table(publication_.aside(), records, *rules_.evaluation_sets, setup_, world_);
    return publish({setup_, mapped, records, near, trained, *written, publication_.aside() + "/" + std::string(kDatasetFileName)});
  }
  /// What was written beside the data set, a line each.
  const std::vector<std::string>& exported() const { return exported_; }

 private:
  /// The verdict of every record, decided now or taken from the work folder.
  Records decide(const std::vector<UnitPlace>& places, const std::string& phase, NearCounts& near) {
    tally.begin(Stage::exact);
    Records records = bring_home(places, phase, setup_, world_);
    check_quarantine_limits(records, setup_.job, world_);
    if (work_.progress().decided) {
      near = *work_.progress().decided;
      read_verdicts(records, work_);
    } else {
      if (phase == "map") apply_quantiles(records, setup_, world_);
      near = remove_duplicates(records, setup_, work_, world_);
      limit_sources(records, setup_, world_);
    }
    count_clusters(records, setup_, world_);
    repeat_documents(records, setup_);
    if (!work_.progress().decided && !stop_asked_of_any(world_)) keep_verdicts(records, near, work_, world_);
    return records;
  }

  /// Limits that the verdicts alone can break, before dearer steps.
  void check_limits_so_far(const Records& records) {
    const std::vector<SourceCounts> counts = counts_by_source(records, world_);
    watch_.set_counts(counts);
    check_limits_of_counts(counts, setup_.job, world_);
  }

  /// The reports beside the data set; then, where the job's limits are met, all of it under its name.
  RunReport publish(const RunResults& results) {
    tally.begin(Stage::report);
    RunReport report = make_report(results, clock_, world_);
    if (world_.is_root()) check_counts(report);
    if (!meets_limits(report, setup_.job, world_)) {
      watch_.end(RunState::failed, report);
      throw BeyondLimits{};
    }
    if (world_.is_root()) {
      add_tokenizer(publication_, setup_, results.trained);
      publish_report(publication_.aside(), report);
      put_origin(report, origin_of(setup_, results.written.provenance, publication_.aside()), publication_.aside());
      pause_point("before publication", world_);
      publication_.commit(setup_.job.work);
      pause_point("published", world_);
    }
    return report;
  }

  template <class Work>
  std::invoke_result_t<Work> step(const char* name, const char* point, Work work) {
    work_.watchdog().begin_step(name);
    clock_.begin(name);
    auto result = work();
    clock_.end();
    log_event(LogLevel::info, "step ends", {{"seconds", clock_.last_s()}, {"documents", tally.documents.load()}, {"bytes", tally.bytes.load()}});
    end_step(point);
    return result;
  }

  void end_step(const char* point) {
    pause_point(point, world_);
    if (stop_asked_of_any(world_)) throw Stopped{};
  }

  Setup& setup_;
  DocumentRules& rules_;
  const Publication& publication_;
  WorkFolder& work_;
  StepClock& clock_;
  Watch& watch_;
  World& world_;
  std::vector<std::string> exported_;
};

/// For the person who starts a run again.
void say_what_is_done(const Progress& progress, const Setup& setup) {
  if (progress.mapped.empty()) return;
  spdlog::info("goes on from {}: {} of {} units are read{}{}", setup.job.work, grouped(progress.mapped.size()), grouped(setup.units.size()),
               progress.decided ? ", duplicates are decided" : "",
               progress.written.empty() ? "" : fmt::format(", {} units are written", grouped(progress.units_written())));
}

/// Rank 0 alone. Whether the data file that an earlier attempt has begun is there. A run that is refused leaves no work folder it has just made.
bool begin_output(const Publication& publication, WorkFolder& work, const Setup& setup) try {
  return publication.begin(setup.job.work, work.epoch(), work.progress().shaped_epoch);
} catch (const Error& error) {
  if (error.kind() == ErrorKind::refused) work.remove_if_new();
  throw;
}

/// The data set is published: what cannot be removed now is no failure of the run.
void clean_up(WorkFolder& work) {
  try {
    work.remove();
  } catch (const Error& error) {
    spdlog::warn("the work folder is left behind: {}", error.what());
  }
}

}  // namespace

RunEnd run_job(const RunOptions& options, std::ostream& out, World& world) {
  listen_for_stop();
  Job job = load_job_together(options.job_path, options.sets, world);
  open_log(job.log, world.rank());
  StepClock clock(world.is_root() && job.progress.show != ShowProgress::none);
  clock.begin("plan");
  Setup setup = prepare(std::move(job), world);
  log_event(LogLevel::info, "run begins", {{"version", std::string(version())}, {"plan_digest", setup.plan_digest.hex()},
                                           {"output", setup.job.output.path}, {"ranks", static_cast<std::uint64_t>(world.size())}});
  const Publication publication(setup.job.output, options.overwrite);
  if (already_done(publication, setup, options.overwrite, world)) {
    if (world.is_root()) {
      out << setup.job.output.path << ": already done\n";
      remove_finished_work(setup);
    }
    log_event(LogLevel::info, "already done");
    return RunEnd::done;
  }
  check_exports(setup);
  if (world.is_root()) check_memory(setup, static_cast<std::uint64_t>(world.size()));
  DocumentRules rules = DocumentRules::make(setup, world);
  WorkFolder work(setup, options.restart, world);
  if (world.is_root()) say_what_is_done(work.progress(), setup);
  const bool there = world.is_root() && begin_output(publication, work, setup);
  if (world.max(there ? 1 : 0) == 0) work.write_anew();
  clock.end();
  Watch watch(setup, work.attempt(), clock.elapsed_s(), world);
  try {
    Run run(setup, rules, publication, work, clock, watch, world);
    const RunReport report = run.go();
    watch.end(RunState::done, report);
    if (world.is_root()) {
      out << report_table(report);
      for (const std::string& line : run.exported()) out << line << '\n';
      clean_up(work);
    }
    log_event(LogLevel::info, "run ends", {{"seconds", clock.elapsed_s()}, {"peak_memory_bytes", peak_memory_bytes()}});
    world.barrier();
    return RunEnd::done;
  } catch (const BeyondLimits&) {
    watch.end(RunState::failed);
    log_event(LogLevel::info, "run ends: beyond a limit, not published");
    work.let_go(world);
    return RunEnd::limits;
  } catch (const Stopped&) {
    watch.end(RunState::stopped);
    log_event(LogLevel::info, "run ends: stopped by a signal");
    work.let_go(world);
    if (world.is_root()) out << "stopped by a signal; the same command goes on from what is recorded in " << setup.job.work << '\n';
    return RunEnd::stopped;
  }
}

}  // namespace quern
