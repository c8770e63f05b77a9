#pragma once
// Rank 0 hands out units in shrinking batches as ranks come free, and works too. Nothing that is computed depends on who got what.

#include "quern/base/unit.hpp"
#include "quern/comm/world.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace quern {

/// Large units go out first, so that no rank begins a long one while the others are done; rank 0 takes the smallest itself.
/// A rank asks for more when it begins the last unit it has. Messages: rank r to 0: "more"; 0 to r: units, or none: the end.
class UnitQueue {
 public:
  /// Collective in effect: every rank makes one. `units` matters on rank 0 only.
  UnitQueue(std::vector<Unit> units, World& world);

  /// The next unit for this rank, or nothing when there is no more. Not collective. On rank 0 the last call also
  /// serves the others until each has been told the end.
  std::optional<Unit> next();

  /// Rank 0 answers waiting requests; call it between two documents. About a microsecond when nobody waits.
  void poll();

 private:
  void take_in(const Message& message);
  void hand_out(int to);
  void serve_the_rest();
  std::optional<Unit> wait_for_units();

  World& world_;
  std::deque<Unit> waiting_;  ///< rank 0: not handed out yet, largest first
  std::deque<Unit> mine_;
  int ended_ = 0;          ///< rank 0: ranks that were told the end
  bool asked_ = false;     ///< a request of this rank is on its way
  bool no_more_ = false;   ///< this rank was told the end
};

}  // namespace quern
