#include "quern/report/clock.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace quern {

namespace {

double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

StepClock::StepClock(bool announce) : start_(wall_seconds()), announce_(announce) {}

void StepClock::begin(const std::string& name) {
  steps_.push_back({name});
  step_wall_ = wall_seconds();
  step_cpu_ = cpu_seconds();
  if (announce_) spdlog::info("at {:6.1f} s: {}", elapsed_s(), name);
}

void StepClock::end(double waited_s) {
  steps_.back().waited_s = waited_s;
  steps_.back().wall_s = wall_seconds() - step_wall_;
  steps_.back().cpu_s = cpu_seconds() - step_cpu_;
}

double StepClock::elapsed_s() const { return wall_seconds() - start_; }

std::vector<StepTime> StepClock::gather(World& world) const {
  std::vector<double> mine;
  for (const Mine& step : steps_) mine.insert(mine.end(), {step.wall_s, step.cpu_s, step.waited_s});
  const std::vector<double> all = world.all_gather<double>(mine);
  std::vector<StepTime> times;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    StepTime time{steps_[s].name, 0, {}, {}, {}};
    for (std::size_t r = 0; r < static_cast<std::size_t>(world.size()); ++r) {
      const double* const of_rank = &all[(r * steps_.size() + s) * 3];
      time.wall_s = std::max(time.wall_s, of_rank[0]);
      time.cpu_s.push_back(of_rank[1]);
      time.busy_s.push_back(of_rank[0] - of_rank[2]);
    }
    for (const double busy_s : time.busy_s) time.waited_s.push_back(time.wall_s - busy_s);
    times.push_back(std::move(time));
  }
  return times;
}

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace quern
