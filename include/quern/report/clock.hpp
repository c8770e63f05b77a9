#pragma once
// Time of each step on each rank. Goes into report.json, never into the data set.

#include "quern/comm/world.hpp"

#include <string>
#include <vector>

namespace quern {

struct StepTime {
  std::string name;
  double wall_s = 0;               ///< of the slowest rank
  std::vector<double> cpu_s;       ///< per rank
  std::vector<double> busy_s;      ///< per rank: wall time until this rank was done, without what it waited in the step itself
  std::vector<double> waited_s = {};  ///< per rank: for others, in the step and at its end
};

/// Call begin() before each step and end() when this rank's own work in it is done.
class StepClock {
 public:
  explicit StepClock(bool announce);
  void begin(const std::string& name);
  /// `waited_s`: seconds of the step in which it had nothing to do but wait for others.
  void end(double waited_s = 0);
  /// Wall time of the step that ended last.
  double last_s() const { return steps_.empty() ? 0 : steps_.back().wall_s; }
  /// Collective: times of all ranks.
  std::vector<StepTime> gather(World& world) const;
  /// Seconds since construction.
  double elapsed_s() const;

 private:
  struct Mine {
    std::string name;
    double wall_s = 0, cpu_s = 0, waited_s = 0;
  };
  double start_ = 0, step_wall_ = 0, step_cpu_ = 0;
  bool announce_;
  std::vector<Mine> steps_;
};

/// Most memory this process has held, in bytes (getrusage: resident set, without page cache).
std::uint64_t peak_memory_bytes();

}  // namespace quern
