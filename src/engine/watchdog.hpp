#pragma once
// Ends a run that hangs: a thread per rank that uses no MPI.

#include "quern/base/verdict.hpp"
#include "quern/comm/world.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace quern {

/// What a rank writes of itself into the work folder's `alive` file, at rank * sizeof(Pulse): one file for all ranks.
struct Pulse {
  std::uint64_t epoch = 0;
  std::uint64_t ticks = 0;  ///< of the watching thread: it stands still when the process is stopped or its machine is gone
  std::uint64_t beats = 0;  ///< of the working thread
  std::uint64_t text_bytes = 0;
  // As in base/tally.hpp, for whoever watches the run.
  std::uint64_t stage = 0, done = 0, total = 0, documents = 0, bytes = 0, rounds = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(Reason::count_)> by_reason = {};
};

/// The counters of this process at this moment.
Pulse own_pulse();

/// Pulses in the file, in order of the ranks; none when there is no file. For `quern status`.
std::vector<Pulse> read_pulses(const std::string& folder);

/// While it lives, a thread looks every few seconds whether this rank's work goes on, writes the pulse, and looks at the pulse of another
/// rank: rank 0 at all others, rank 1 at rank 0. A rank that does not go on for `stall_timeout` ends the process with one message and
/// ErrorKind::stalled, and with it the job.
class Watchdog {
 public:
  /// Not collective. A `stall_timeout` of 0: writes pulses, ends nothing.
  Watchdog(const std::string& folder, std::uint64_t epoch, std::chrono::seconds stall_timeout, const World& world);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Name of the step for the message, and text done for `quern status`.
  void begin_step(const char* name) { step_.store(name, std::memory_order_relaxed); }
  void count_text(std::uint64_t bytes) { text_bytes_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  class Thread;
  std::atomic<const char*> step_{"plan"};
  std::atomic<std::uint64_t> text_bytes_{0};
  std::unique_ptr<Thread> thread_;
};

}  // namespace quern
