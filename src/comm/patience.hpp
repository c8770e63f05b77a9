#pragma once
// Waiting without burning a core: a spinning MPI_Barrier of 8 ranks on 2 cores costs 5 times the work it waits for.

#include "quern/base/heartbeat.hpp"

#include <sched.h>
#include <unistd.h>

namespace quern {

/// Call pause() between two tests of the same condition: first it returns at once, then it yields, then it sleeps, up to half a millisecond.
/// A rank that waits for another is not the one that hangs: it gives signs of life.
class Patience {
 public:
  void pause() {
    beat();  // who waits for others does not hang
    ++tries_;
    if (tries_ < kSpins) return;
    if (tries_ < kYields) {
      ::sched_yield();
      return;
    }
    beat();
    ::usleep(tries_ < kShortSleeps ? 50 : 500);
  }
  void reset() { tries_ = 0; }

 private:
  static constexpr int kSpins = 50;
  static constexpr int kYields = 150;
  static constexpr int kShortSleeps = 250;
  int tries_ = 0;
};

}  // namespace quern
