#pragma once
// Shows how far a run is, and writes it down for others: a thread of rank 0 that uses no MPI. What the other ranks do it takes from their pulses
// (engine/watchdog.hpp). Nothing waits for it, and nothing that is computed knows of it.

#include "engine/setup.hpp"
#include "quern/report/metrics.hpp"
#include "quern/report/report.hpp"

#include <memory>
#include <vector>

namespace quern {

class Watch {
 public:
  /// Not collective. On rank 0 it begins to watch; elsewhere it does nothing. `epoch`: of this attempt, in the pulses. `elapsed_s`: the run is so old.
  Watch(const Setup& setup, std::uint64_t epoch, double elapsed_s, const World& world);
  /// Without an end before it, the run has failed.
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// What has become of the records is known exactly. Tokens are not looked at.
  void set_counts(const std::vector<SourceCounts>& sources);
  /// The run is over: nothing is shown any more, and the last metrics are written.
  void end(RunState state);
  void end(RunState state, const RunReport& report);

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace quern
