#include "engine/watchdog.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/base/heartbeat.hpp"
#include "quern/base/tally.hpp"
#include "quern/report/log.hpp"
#include "quern/report/terminal.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>

namespace quern {

namespace {

using std::chrono::seconds;

constexpr seconds kTick{1};
/// Rank 0's pulse also tells other machines that the lease is held; those of the others only have to be faster than `stall_timeout`.
constexpr std::uint64_t kTicksPerPulseOfRoot = 3;
constexpr std::uint64_t kMostTicksPerPulse = 30;
/// All ranks together write about so many pulses a second: enough for a display, little for a file system.
constexpr std::uint64_t kPulsesPerTick = 32;

std::string alive_path(const std::string& folder) { return folder + "/" + kAliveFileName; }

/// Into the log, if it takes it within a second: what hangs may be the file system that the log lies on.
void log_last_word(const std::string& message) {
  auto logged = std::make_shared<std::atomic<bool>>(false);
  std::thread([message, logged] {
    log_event(LogLevel::error, message);
    *logged = true;
  }).detach();
  for (int i = 0; i < 100 && !*logged; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

/// For how many ticks of the own clock a number has stood still. Ticks, not times: while this process is suspended it counts nothing,
/// and whatever the clock is set to, it counts on.
class Stillness {
 public:
  std::uint64_t after_tick(std::uint64_t value) {
    still_ = value == last_ ? still_ + 1 : 0;
    last_ = value;
    return still_;
  }

 private:
  std::uint64_t last_ = UINT64_MAX;
  std::uint64_t still_ = 0;
};

}  // namespace

Pulse own_pulse() {
  const auto value = [](const Tally::Counter& counter) { return counter.load(std::memory_order_relaxed); };
  Pulse pulse;
  pulse.beats = heart_beats.load(std::memory_order_relaxed);
  pulse.stage = static_cast<std::uint64_t>(tally.now());
  pulse.done = value(tally.done);
  pulse.total = value(tally.total);
  pulse.documents = value(tally.documents);
  pulse.bytes = value(tally.bytes);
  pulse.rounds = value(tally.rounds);
  std::ranges::transform(tally.by_reason, pulse.by_reason.begin(), value);
  return pulse;
}

std::vector<Pulse> read_pulses(const std::string& folder) {
  if (!path_exists(alive_path(folder))) return {};
  const std::string bytes = read_file(alive_path(folder));
  std::vector<Pulse> pulses(bytes.size() / sizeof(Pulse));
  if (!pulses.empty()) std::memcpy(pulses.data(), bytes.data(), pulses.size() * sizeof(Pulse));
  return pulses;
}

class Watchdog::Thread {
 public:
  Thread(const Watchdog& owner, std::string folder, std::uint64_t epoch, seconds stall_timeout, int rank, int ranks)
      : owner_(owner),
        folder_(std::move(folder)),
        stall_ticks_(static_cast<std::uint64_t>(stall_timeout / kTick)),
        rank_(static_cast<std::size_t>(rank)),
        ranks_(static_cast<std::size_t>(ranks)),
        others_(ranks_) {
    epoch_ = epoch;
    const std::uint64_t slowest = stall_ticks_ == 0 ? kMostTicksPerPulse : std::clamp<std::uint64_t>(stall_ticks_ / 10, 1, kMostTicksPerPulse);
    ticks_per_pulse_ = std::clamp<std::uint64_t>(ranks_ / kPulsesPerTick, 1, rank == 0 ? std::min(kTicksPerPulseOfRoot, slowest) : slowest);
    thread_ = std::thread([this] { watch(); });
  }

  ~Thread() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    do {
      tick();
    } while (!wake_.wait_for(lock, kTick, [this] { return ended_; }));
  }

  void tick() {
    pulse_ = own_pulse();
    pulse_.epoch = epoch_;
    pulse_.ticks = ++ticks_;
    pulse_.text_bytes = owner_.text_bytes_.load(std::memory_order_relaxed);
    if (stall_ticks_ != 0 && mine_.after_tick(pulse_.beats) >= stall_ticks_) end_job(rank_, "its work does not go on");
    if (pulse_.ticks % ticks_per_pulse_ != 1 % ticks_per_pulse_) return;
    // Without a pulse the run can go on: a full disk will be said by the step that needs it.
    try {
      File(alive_path(folder_), File::Mode::update).write_at(rank_ * sizeof pulse_, as_bytes(std::span<const Pulse>(&pulse_, 1)));
      if (stall_ticks_ != 0) look_at_others();
    } catch (const Error&) {
    }
  }

  void look_at_others() {
    const std::size_t first = rank_ == 0 ? 1 : 0, last = rank_ == 0 ? ranks_ : (rank_ == 1 ? 1 : 0);
    if (first >= last) return;
    const std::vector<Pulse> pulses = read_pulses(folder_);
    for (std::size_t r = first; r < std::min(last, pulses.size()); ++r) {
      if (pulses[r].epoch != pulse_.epoch) continue;  // has not written yet
      // Its own thread ends it when only its work stands still; here it is the whole process or its machine.
      if (others_[r].after_tick(pulses[r].ticks) * ticks_per_pulse_ >= stall_ticks_ + ticks_per_pulse_) end_job(r, "it gives no sign of life");
    }
  }

  /// The working thread may be inside MPI, which is not to be called from here: leaving without MPI_Finalize makes the launcher end the others.
  [[noreturn]] void end_job(std::size_t rank, const char* what) {
    erase_status_line();
    std::fprintf(stderr,
                 "quern: rank %zu: %s, for %llu s (stall_timeout), in the step '%s': the job ends; the same command goes on from what is "
                 "recorded\n",
                 rank, what, static_cast<unsigned long long>(stall_ticks_), owner_.step_.load(std::memory_order_relaxed));
    log_last_word(fmt::format("rank {}: {}, for {} s (stall_timeout)", rank, what, stall_ticks_));
    ::_exit(static_cast<int>(ErrorKind::stalled));
  }

  const Watchdog& owner_;
  std::string folder_;
  std::uint64_t stall_ticks_;
  std::uint64_t ticks_per_pulse_;
  std::size_t rank_, ranks_;
  std::uint64_t epoch_ = 0, ticks_ = 0;
  Pulse pulse_;
  Stillness mine_;
  std::vector<Stillness> others_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses all others
};

Watchdog::Watchdog(const std::string& folder, std::uint64_t epoch, seconds stall_timeout, const World& world)
    : thread_(std::make_unique<Thread>(*this, folder, epoch, stall_timeout, world.rank(), world.size())) {}

Watchdog::~Watchdog() = default;

}  // namespace quern
