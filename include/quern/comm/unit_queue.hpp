#pragma once
// Rank 0 hands out units in shrinking batches as ranks come free, and works too. Nothing that is computed depends on who got what.

#include "quern/base/unit.hpp"
#include "quern/comm/world.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace quern {

/// The units of one file are a run, and a rank keeps to its run: who has read a piece of a compressed file reads the next one without
/// inflating the file from its beginning again. Large runs are begun first; when none is left, a rank takes the rear part of what is left
/// of another's, unless passing over what lies before it would take longer than it helps. Rank 0 begins with the smallest.
/// A rank asks for more when it begins the last unit it has. Messages: rank r to 0: "more" or "stop"; 0 to r: units, or none: the end.
class UnitQueue {
 public:
  /// Collective in effect: every rank makes one. `units`, in input order, matter on rank 0 only.
  /// `while_waiting`, if there is one, is called again and again while this rank has nothing to do.
  UnitQueue(std::vector<Unit> units, World& world, std::function<void()> while_waiting = {});

  /// The next unit for this rank, or nothing when there is no more. Not collective. On rank 0 the last call also
  /// serves the others until each has been told the end.
  std::optional<Unit> next();

  /// What next() will most likely return, if that is known; nothing otherwise. Lives until the next call of any other function.
  const Unit* expected() const;

  /// Rank 0 answers waiting requests; call it every few milliseconds. About a microsecond when nobody waits.
  void poll();

  /// No more units for anyone: rank 0 tells the others, also when one of them asks for it. Not collective.
  void stop();

  /// Seconds that this rank has spent in next() without anything to do.
  double waited_s() const { return waited_s_; }

 private:
  /// Units [next, end) of one file or one bundle.
  struct Run {
    std::size_t next = 0, end = 0;
    bool empty() const { return next == end; }
  };

  void take_in(const Message& message);
  void give(int to, const std::vector<Unit>& units);
  void tell_root(bool stop);
  void hand_out(int to);
  void serve_the_rest();
  std::optional<Unit> wait_for_units();
  std::vector<Run> runs_of_units() const;
  std::uint64_t bytes(const Run& run) const { return bytes_before_[run.end] - bytes_before_[run.next]; }
  bool find_run(int rank);
  bool split_run_for(int rank);
  template <class Done>
  void wait_until(Done done);

  World& world_;
  std::function<void()> while_waiting_;
  std::uint64_t queue_;  ///< its number, the same on all ranks
  std::deque<Unit> mine_;
  bool asked_ = false;    ///< a request of this rank is on its way
  bool no_more_ = false;  ///< this rank was told the end
  bool stopped_ = false;
  double waited_s_ = 0;

  // Rank 0 only.
  std::vector<Unit> units_;
  std::vector<std::uint64_t> bytes_before_;  ///< [units + 1] sums of estimated_bytes
  std::deque<Run> fresh_;                    ///< not begun yet, largest first
  std::vector<Run> run_of_rank_;             ///< what is left of each rank's run
  std::size_t waiting_ = 0;                  ///< units not handed out yet
  int ended_ = 0;                            ///< ranks that were told the end
};

}  // namespace quern
