#include "engine/dedup.hpp"
#include "engine/map.hpp"
#include "engine/output.hpp"
#include "engine/publish.hpp"
#include "engine/records.hpp"
#include "engine/run_report.hpp"
#include "engine/setup.hpp"
#include "engine/tokens.hpp"
#include "quern/base/error.hpp"
#include "quern/engine/engine.hpp"
#include "quern/store/file.hpp"

#include <spdlog/spdlog.h>

#include <ostream>

namespace quern {

namespace {

/// Collective: rank 0 looks, all know.
bool already_done(const Publication& publication, const Setup& setup, World& world) {
  const bool done = world.is_root() && publication.already_done(setup.plan_digest);
  return world.max(done ? 1 : 0) != 0;
}

/// Collective: fresh folders for spool and output, there before any rank writes into them.
void make_room(const Publication& publication, const Setup& setup, World& world) {
  if (world.is_root()) {
    remove_segments(setup.spool_folder());
    make_folders(setup.spool_folder());
    publication.begin();
  }
  world.barrier();
}

/// Rank 0 alone: the vocabulary beside the data set, so that it can be decoded without the job.
void add_tokenizer(const Publication& publication, const Setup& setup, const Trained& trained) {
  const auto put = [&](const std::string& name, const std::string& bytes) { publish_file(publication.aside() + "/" + name, bytes); };
  if (setup.job.tokenizer.train) put("tokenizer.json", trained.tokenizer_json);
  for (const auto& [name, bytes] : setup.tokenizer_files) put(name, bytes);
}

/// The data set is published: what cannot be removed now is no failure of the run.
void clean_up(const Setup& setup) {
  try {
    remove_segments(setup.spool_folder());
  } catch (const Error& error) {
    spdlog::warn("the spool is left behind: {}", error.what());
  }
}

}  // namespace

void run_job(const RunOptions& options, std::ostream& out, World& world) {
  StepClock clock(world.is_root());
  clock.begin("plan");
  Setup setup = prepare(options.job_path, options.sets, world);
  const Publication publication(setup.job.output.path, options.overwrite);
  if (already_done(publication, setup, world)) {
    if (world.is_root()) out << setup.job.output.path << ": already done\n";
    return;
  }
  make_room(publication, setup, world);
  clock.end();

  clock.begin("map: read, clean, filter, sign");
  const Mapped mapped = map_units(setup, clock, world);

  clock.begin("exact and near duplicates");
  Records records = bring_home(mapped.places, setup, world);
  const NearCounts near = remove_duplicates(records, setup, world);
  clock.end();

  Trained trained;
  std::vector<UnitPlace> places = records.units;
  std::string phase = "map";
  if (setup.job.tokenizer.train) {
    clock.begin("train the vocabulary");
    trained = train_vocabulary(records, setup, world);
    clock.end();
  }
  if (!spools_tokens(setup)) {
    clock.begin("tokenize");
    places = tokenize_spool(records, setup, static_cast<std::uint64_t>(world.rank()));
    phase = "tokens";
    clock.end();
  }

  clock.begin("write");
  const Written written = write_dataset(publication.aside(), phase, places, records, setup, world);
  clock.end();

  const RunReport report = make_report({setup, mapped, records, near, trained, written}, clock, world);
  if (world.is_root()) {
    check_counts(report);
    add_tokenizer(publication, setup, trained);
    publish_file(publication.aside() + "/report.json", report_json(report));
    publication.commit();
    out << report_table(report);
    clean_up(setup);
  }
  world.barrier();
}

}  // namespace quern
