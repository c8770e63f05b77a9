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
  std::vector<double> busy_s;      ///< per rank: wall time until this rank was done; the rest it waited for others
};

/// Call begin() before each step and end() when this rank's own work in it is done.
class StepClock {
 public:
  explicit StepClock(bool announce);
  void begin(const std::string& name);
  void end();
  /// Collective: times of all ranks.
  std::vector<StepTime> gather(World& world) const;
  /// Seconds since construction.
  double elapsed_s() const;

 private:
  struct Mine {
    std::string name;
    double wall_s = 0, cpu_s = 0;
  };
  double start_ = 0, step_wall_ = 0, step_cpu_ = 0;
  bool announce_;
  std::vector<Mine> steps_;
};

/// Most memory this process has held, in bytes (getrusage: resident set, without page cache).
std::uint64_t peak_memory_bytes();

}  // namespace quern
