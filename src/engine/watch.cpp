#include "engine/watch.hpp"

#include "engine/watchdog.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/base/version.hpp"
#include "quern/report/progress_text.hpp"
#include "quern/report/terminal.hpp"
#include "quern/store/file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <thread>

namespace quern {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTick{1};
/// So many ranks' pulses are read anew at every tick; with more ranks, less often.
constexpr std::uint64_t kRanksPerTick = 64;
constexpr std::uint64_t kMostTicksPerLook = 15;
/// The pace that is shown is that of the last so many seconds.
constexpr double kPaceSeconds = 30;

double seconds_between(Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double>(to - from).count(); }

double seconds_since_1970() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

ShowProgress shown_as(ShowProgress asked) {
  if (asked != ShowProgress::automatic) return asked;
  return stderr_is_terminal() && terminal_takes_escapes() ? ShowProgress::terminal : ShowProgress::lines;
}

std::string run_name(const Job& job) { return job.metrics.run.empty() ? std::filesystem::path(job.output.path).filename().string() : job.metrics.run; }

/// Bytes a second in the last half minute of one stage.
class Pace {
 public:
  double after(Clock::time_point now, Stage stage, std::uint64_t bytes) {
    if (stage != stage_) samples_.clear();
    stage_ = stage;
    samples_.push_back({now, bytes});
    while (samples_.size() > 2 && seconds_between(samples_[1].time, now) >= kPaceSeconds) samples_.pop_front();
    const double seconds = seconds_between(samples_.front().time, now);
    if (seconds < 0.5 || bytes <= samples_.front().bytes) return 0;
    return static_cast<double>(bytes - samples_.front().bytes) / seconds;
  }

 private:
  struct Sample {
    Clock::time_point time;
    std::uint64_t bytes;
  };
  Stage stage_ = Stage::plan;
  std::deque<Sample> samples_;
};

std::vector<SourceMetrics> source_metrics(const std::vector<SourceCounts>& sources) {
  std::vector<SourceMetrics> metrics;
  for (const SourceCounts& source : sources) {
    const LimitedCounts counts = limited_counts(source.by_reason);
    metrics.push_back({source.name.empty() ? "(no name)" : source.name, counts.records, source.by_reason.at(0), counts.removed, counts.quarantined});
  }
  return metrics;
}

}  // namespace

class Watch::Thread {
 public:
  Thread(const Setup& setup, std::uint64_t epoch, double elapsed_s, std::size_t ranks)
      : folder_(setup.job.work),
        epoch_(epoch),
        progress_(setup.job.progress),
        metrics_(setup.job.metrics),
        show_(shown_as(setup.job.progress.show)),
        ticks_per_look_(std::clamp<std::uint64_t>(ranks / kRanksPerTick, 1, kMostTicksPerLook)),
        began_(Clock::now() - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(elapsed_s))),
        last_line_(began_),
        pulses_(ranks) {
    run_.run = run_name(setup.job);
    run_.version = version();
    run_.plan_digest = setup.plan_digest.hex();
    run_.output = setup.job.output.path;
    run_.started_s = seconds_since_1970() - elapsed_s;
    run_.ranks.resize(ranks);
    thread_ = std::thread([this] { watch(); });
  }

  ~Thread() { end(RunState::failed, nullptr); }

  void set_counts(const std::vector<SourceCounts>& sources) {
    const std::lock_guard lock(mutex_);
    counts_ = sources;
  }

  void end(RunState state, const RunReport* report) {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
    erase_status_line();
    take_counts();
    look();
    run_.state = state;
    if (report != nullptr) take(*report);
    write_metrics();
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kTick, [this] { return ended_; })) {
      lock.unlock();  // the working thread never waits for a disk or a terminal of this one
      ++ticks_;
      take_counts();
      look();
      show(Clock::now());
      if (ticks_ == 1 || ticks_ % metrics_.every_seconds == 0) write_metrics();
      lock.lock();
    }
  }

  void take_counts() {
    const std::lock_guard lock(mutex_);
    if (!counts_.empty()) set_records(std::exchange(counts_, {}));
  }

  /// What the ranks say of themselves; of rank 0 what is so at this moment.
  void look() {
    if (run_.ranks.size() > 1 && ticks_ % ticks_per_look_ == 0) read_others();
    pulses_[0] = own_pulse();
    const auto stage = static_cast<Stage>(pulses_[0].stage);
    run_.stage = stage;
    run_.done = run_.total = run_.documents = bytes_ = 0;
    run_.rounds = pulses_[0].rounds;
    for (std::size_t r = 0; r < pulses_.size(); ++r) add(r, pulses_[r]);
    if (stage == Stage::map) run_.text_bytes = bytes_;
    if (!counted_) sum_reasons();
    run_.stage_seconds = stage_seconds();
  }

  void add(std::size_t rank, const Pulse& pulse) {
    RankMetrics& of_rank = run_.ranks[rank];
    of_rank.beats = pulse.beats;
    const bool same = pulse.stage == pulses_[0].stage;
    of_rank.done = same ? pulse.done : 0;
    of_rank.bytes = same ? pulse.bytes : 0;
    if (!same) return;
    run_.done += pulse.done;
    run_.total += pulse.total;
    run_.documents += pulse.documents;
    bytes_ += pulse.bytes;
  }

  void sum_reasons() {
    run_.by_reason.assign(pulses_[0].by_reason.size(), 0);
    for (const Pulse& pulse : pulses_) {
      for (std::size_t r = 0; r < run_.by_reason.size(); ++r) run_.by_reason[r] += pulse.by_reason[r];
    }
  }

  /// Where they cannot be read the last ones hold.
  void read_others() {
    try {
      const std::vector<Pulse> pulses = read_pulses(folder_);
      for (std::size_t r = 1; r < std::min(pulses.size(), pulses_.size()); ++r) {
        if (pulses[r].epoch == epoch_) pulses_[r] = pulses[r];
      }
    } catch (const Error&) {
    }
  }

  std::vector<std::pair<Stage, double>> stage_seconds() const {
    std::vector<std::pair<Stage, double>> seconds;
    const std::int64_t now = Clock::now().time_since_epoch().count();
    std::int64_t next = now;
    for (std::size_t s = static_cast<std::size_t>(run_.stage) + 1; s-- > 1;) {
      const std::int64_t began = tally.began[s].load(std::memory_order_relaxed);
      if (began == 0) continue;
      seconds.emplace_back(static_cast<Stage>(s), std::chrono::duration<double>(Clock::duration(next - began)).count());
      next = began;
    }
    std::reverse(seconds.begin(), seconds.end());
    return seconds;
  }

  Moment moment(Clock::time_point now) {
    Moment moment;
    moment.stage = run_.stage;
    moment.elapsed_s = seconds_between(began_, now);
    moment.stage_s = run_.stage_seconds.empty() ? moment.elapsed_s : run_.stage_seconds.back().second;
    moment.done = run_.done;
    moment.total = run_.total;
    moment.documents = run_.documents;
    moment.rounds = run_.rounds;
    moment.mb_per_s = pace_.after(now, run_.stage, bytes_) / 1e6;
    for (const RankMetrics& rank : run_.ranks) moment.done_by_rank.push_back(rank.done);
    return moment;
  }

  void show(Clock::time_point now) {
    const Moment at = moment(now);
    if (show_ == ShowProgress::terminal) {
      const std::size_t columns = terminal_columns();
      draw_status_line(progress_text(at, columns - 1), std::min(title(at.stage).size(), columns - 1));
    }
    if (show_ != ShowProgress::lines || seconds_between(last_line_, now) < static_cast<double>(progress_.every_seconds)) return;
    last_line_ = now;
    if (stderr_takes_more()) spdlog::info("{}", progress_line(at));
  }

  /// Nobody may be there to read them, and the run goes on without.
  void write_metrics() {
    if (metrics_.path.empty()) return;
    run_.updated_s = seconds_since_1970();
    try {
      if (!said_) make_folders(std::filesystem::path(metrics_.path).parent_path().string());
      publish_file(metrics_.path, metrics_text(run_));
    } catch (const Error& error) {
      if (!std::exchange(said_, true)) spdlog::warn("the metrics are not written, the run goes on: {}", error.what());
    }
  }

  void set_records(const std::vector<SourceCounts>& sources) {
    counted_ = true;
    run_.by_reason.assign(static_cast<std::size_t>(Reason::count_), 0);
    for (const SourceCounts& source : sources) {
      for (std::size_t r = 0; r < source.by_reason.size(); ++r) run_.by_reason[r] += source.by_reason[r];
    }
    run_.sources = source_metrics(sources);
  }

  void take(const RunReport& report) {
    set_records(report.sources);
    run_.complete = true;
    run_.text_bytes = report.raw_text_bytes - report.text_bytes_before;  // what was read after the last look at the map counts too
    run_.tokens = report.tokens;
    run_.limits = report.limits;
  }

  std::string folder_;
  std::uint64_t epoch_;
  ProgressSpec progress_;
  MetricsSpec metrics_;
  ShowProgress show_;
  std::uint64_t ticks_per_look_, ticks_ = 0;
  Clock::time_point began_, last_line_;
  std::vector<Pulse> pulses_;
  RunMetrics run_;
  std::uint64_t bytes_ = 0;
  Pace pace_;
  bool counted_ = false, said_ = false;
  std::mutex mutex_;  // of these two
  std::vector<SourceCounts> counts_;
  bool ended_ = false;
  std::condition_variable wake_;
  std::thread thread_;  // last: it uses all others
};

Watch::Watch(const Setup& setup, std::uint64_t epoch, double elapsed_s, const World& world) {
  if (world.is_root()) thread_ = std::make_unique<Thread>(setup, epoch, elapsed_s, static_cast<std::size_t>(world.size()));
}

Watch::~Watch() = default;

void Watch::set_counts(const std::vector<SourceCounts>& sources) {
  if (thread_) thread_->set_counts(sources);
}

void Watch::end(RunState state) {
  if (thread_) thread_->end(state, nullptr);
}

void Watch::end(RunState state, const RunReport& report) {
  if (thread_) thread_->end(state, &report);
}

}  // namespace quern
