#include "engine/work_folder.hpp"

#include "engine/input_check.hpp"
#include "engine/stop.hpp"
#include "quern/base/error.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/units.hpp"
#include "quern/store/file.hpp"
#include "quern/text/unicode.hpp"

#include <linux/magic.h>
#include <spdlog/spdlog.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cstring>

namespace quern {

namespace {

PlanRecord current_plan(const Setup& setup, std::uint64_t ranks) {
  PlanRecord plan;
  plan.job = setup.canonical;
  plan.algorithms = fmt::format("{}, Unicode {}", kAlgorithms, kUnicodeVersion);
  plan.tokenizer_digest = setup.tokenizer ? setup.tokenizer->digest().hex() : "";
  plan.unit_bytes = effective_unit_bytes(setup.job);
  plan.ranks = ranks;
  plan.files = setup.files;
  return plan;
}

void check_same_plan(const std::string& folder, const PlanRecord& before, const PlanRecord& now) {
  const std::vector<std::string> lines = differences(before, now);
  if (lines.empty()) return;
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  fail(ErrorKind::refused,
       "{}: this work folder was begun with another job or input:{}\nGive --restart to remove what is done and begin anew, or another `work` to keep it",
       folder, text);
}

const UnitPlace& place_of(const MappedUnit& unit) { return unit.place; }
const UnitPlace& place_of(const UnitPlace& place) { return place; }
const UnitPlace& place_of(const OrderedRun& run) { return run.place; }

/// Beside the lease, before anybody looks for them: by default nobody else can even list the names.
void make_work_folders(const std::string& folder, const SpoolHome& spool) {
  make_folders(folder, folder_permissions(spool.permissions));
  make_folders(spool.folder, folder_permissions(spool.permissions));
}

/// Collective: rank 0's key to all. Other ranks need not see the key file.
void share_key(SpoolHome& spool, World& world) {
  std::string raw(world.is_root() && spool.key ? spool.key->raw() : std::string_view());
  world.broadcast_bytes(raw);
  if (!raw.empty()) spool.key.emplace(raw);
  std::fill(raw.begin(), raw.end(), '\0');
}

/// Collective. Takes out of `rows` what does not lie whole in the spool any more: it is done again. Each rank reads a part. A run that is told to end
/// looks no further.
template <class Row>
std::size_t drop_damaged(std::vector<Row>& rows, const SpoolHome& spool, const std::string& phase, World& world) {
  const auto ranks = static_cast<std::size_t>(world.size());
  std::vector<std::uint64_t> damaged;
  SpoolReader reader(spool, phase);
  for (std::size_t i = static_cast<std::size_t>(world.rank()); i < rows.size() && !stop_requested(); i += ranks) {
    if (!reader.is_whole(place_of(rows[i]))) damaged.push_back(i);
  }
  damaged = world.all_gather<std::uint64_t>(damaged);
  std::sort(damaged.begin(), damaged.end());
  std::size_t index = 0;
  std::erase_if(rows, [&](const Row&) { return std::binary_search(damaged.begin(), damaged.end(), index++); });
  return damaged.size();
}

/// The journal last but for the lease: while it is there, so is what it speaks of, or the data set is published.
void remove_run_files(const Job& job, const std::string& spool, const Lease& lease, bool with_key) {
  const std::string& folder = job.work;
  remove_segments(spool);
  remove_all(folder + "/" + kAliveFileName);
  remove_all(journal_path(folder));
  if (with_key) remove_all(job.spool.key_file);  // nothing is left that it opens
  lease.remove();
  std::error_code ignored;
  std::filesystem::remove(folder, ignored);  // only when nothing else is in it
}

/// A warning only: /tmp is one on many machines, and small jobs do well there.
void warn_of_memory_file_system(const std::string& folder) {
  struct statfs system {};
  if (::statfs(folder.c_str(), &system) != 0) return;
  const auto type = static_cast<unsigned long>(system.f_type);
  if (type != TMPFS_MAGIC && type != RAMFS_MAGIC) return;
  spdlog::warn("{}: the work folder lies in memory (tmpfs): it takes of the memory of the run, and is lost with the machine; `work` names another", folder);
}

/// Of a run that published its data set, and could not remove all of its work folder: nothing of it is left but empty folders and its lease.
void remove_leftovers(const Job& job, const std::string& spool) {
  const std::string& folder = job.work;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    if (!name.starts_with("lease.") && name != kAliveFileName && !std::filesystem::is_empty(at->path(), error)) return;
  }
  if (error || !path_exists(folder) || lease_is_held(folder, kLeasePatience)) return;
  remove_run_files(job, spool, Lease::take(folder, kLeasePatience, job.spool.mode), job.spool.own_key);
}

}  // namespace

/// What rank 0 finds in the folder.
struct WorkFolder::Found {
  PlanRecord before, now;
  std::string batches;  ///< as pack() makes them
  std::uint64_t first_segment = 0;
};

WorkFolder::WorkFolder(Setup& setup, bool restart, World& world) : job_(setup.job), folder_(setup.job.work), spool_(setup.spool_home) {
  Found found;
  try {
    if (world.is_root()) found = open_on_root(setup, restart, static_cast<std::uint64_t>(world.size()));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::refused) remove_if_new();
    throw;
  }
  share_key(spool_, world);
  setup.spool_home = spool_;
  world.broadcast_bytes(found.batches);
  progress_ = progress_of({unpack_batches(found.batches)});
  segment_ = world.max(found.first_segment) + static_cast<std::uint64_t>(world.rank());
  watchdog_ = std::make_unique<Watchdog>(folder_, world.max(lease_ ? lease_->epoch() : 0), std::chrono::seconds(setup.job.stall_timeout), world);
  drop_what_is_damaged(world);
  const std::vector<std::uint32_t> changed = changed_times(found.before, found.now);
  check_changed_inputs(setup, changed, progress_, world);
  if (!world.is_root()) return;
  if (found.batches.empty() || !changed.empty()) record(Mark::plan, to_json(found.now));
  const auto ranks = static_cast<std::uint64_t>(world.size());
  record(Mark::attempt, std::span<const std::uint64_t>(&ranks, 1));
}

WorkFolder::Found WorkFolder::open_on_root(Setup& setup, bool restart, std::uint64_t ranks) {
  make_work_folders(folder_, spool_);
  warn_of_memory_file_system(folder_);
  const unsigned mode = spool_.permissions;
  lease_.emplace(Lease::take(folder_, kLeasePatience, mode));
  if (restart) remove_all(journal_path(folder_));
  JournalContents contents;
  if (path_exists(journal_path(folder_))) {
    contents = read_journal(journal_path(folder_));
    journal_.emplace(journal_path(folder_), contents, lease_->epoch());
  } else {
    remove_segments(spool_.folder);
    make_work_folders(folder_, spool_);
    journal_.emplace(journal_path(folder_), lease_->epoch(), mode);
  }
  Found found;
  found.now = current_plan(setup, ranks);
  const bool begun = !contents.batches.empty();
  is_new_ = !begun;
  found.before = begun ? plan_of(contents) : found.now;
  check_same_plan(folder_, found.before, found.now);
  open_key(found.before, begun);
  if (spool_.key) found.now.spool_key = spool_.key->fingerprint();
  setup.units = make_units(setup.files, setup.job, UnitCut{found.before.unit_bytes, found.before.ranks});
  found.now.unit_bytes = found.before.unit_bytes;
  found.now.ranks = found.before.ranks;
  found.now.units = setup.units.size();
  found.batches = pack(contents.batches);
  found.first_segment = ranks_of_attempts(contents);
  publish_file(folder_ + "/" + kAliveFileName, std::string(sizeof(Pulse) * ranks, '\0'), mode);
  return found;
}

/// A key is made only for a folder in which nothing is begun: what lies there could not be read with a new one.
void WorkFolder::open_key(const PlanRecord& before, bool begun) {
  const SpoolSpec& spec = job_.spool;
  if (begun && before.spool_key.empty() == spec.encrypt) {
    fail(ErrorKind::refused, "{}: the spool was begun {}, and the job says `spool.encrypt: {}`: set it back, or give --restart to begin anew", folder_,
         spec.encrypt ? "without encryption" : "encrypted", spec.encrypt);
  }
  if (!spec.encrypt) return;
  const bool there = path_exists(spec.key_file);
  if (begun && !there) {
    fail(ErrorKind::refused, "{}: the spool is encrypted and its key {} is not there: put the file back, or give --restart to begin anew", folder_,
         spec.key_file);
  }
  made_key_ = !there;
  spool_.key = there ? read_key_file(spec.key_file) : make_key_file(spec.key_file);
  if (begun && spool_.key->fingerprint() != before.spool_key) {
    fail(ErrorKind::refused, "{}: the spool was encrypted with another key than that in {}: give the right one, or --restart to begin anew", folder_,
         spec.key_file);
  }
}

void WorkFolder::drop_what_is_damaged(World& world) {
  const auto drop = [&](auto& rows, const char* phase) {
    const std::size_t recorded = rows.size();
    const std::size_t dropped = drop_damaged(rows, spool_, phase, world);
    if (dropped == 0 || !world.is_root()) return dropped;
    spdlog::warn("{}: {} of the {} parts recorded of {} are damaged or gone: they are done again", spool_.folder, dropped, recorded, phase);
    return dropped;
  };
  drop(progress_.mapped, "map");
  drop(progress_.mapped_again, "final");
  drop(progress_.tokenized, "tokens");
  drop(progress_.checked, "checks");
  if (drop(progress_.ordered, "ordered") > 0) progress_.forget_order();
  if (drop(progress_.judged, "verdicts") == 0 && progress_.decided) return;
  progress_.judged.clear();
  progress_.decided.reset();
}

void WorkFolder::write_anew() {
  progress_.shaped_epoch = 0;
  progress_.written.clear();
  progress_.shards.clear();
}

void WorkFolder::record(Mark mark, std::string_view payload) {
  lease_->check();
  journal_->append(static_cast<std::uint32_t>(mark), payload);
}

void WorkFolder::let_go(World& world) {
  world.barrier();
  if (world.is_root()) lease_->release();
}

void WorkFolder::remove() { remove_run_files(job_, spool_.folder, *lease_, job_.spool.own_key); }

/// A key that was there before may open another folder.
void WorkFolder::remove_if_new() noexcept {
  if (!is_new_ || !lease_) return;
  try {
    remove_run_files(job_, spool_.folder, *lease_, made_key_ && job_.spool.own_key);
  } catch (const std::exception& error) {
    spdlog::warn("the work folder is left behind: {}", error.what());
  }
}

void remove_finished_work(const Setup& setup) {
  const std::string& folder = setup.job.work;
  if (!path_exists(journal_path(folder))) return remove_leftovers(setup.job, setup.spool_folder());
  const JournalContents contents = read_journal(journal_path(folder));
  if (contents.batches.empty() || !differences(plan_of(contents), current_plan(setup, 1)).empty()) return;
  const Lease lease = Lease::take(folder, kLeasePatience, setup.job.spool.mode);
  remove_run_files(setup.job, setup.spool_folder(), lease, setup.job.spool.own_key);
}

}  // namespace quern
