#pragma once
// The work folder: who holds it, what is done in it. A run that was killed goes on from here, with any number of ranks.
// What each file and batch is: docs/formats/work-folder.md.

#include "engine/progress.hpp"
#include "engine/setup.hpp"
#include "engine/watchdog.hpp"
#include "quern/store/journal.hpp"
#include "quern/store/lease.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quern {

class WorkFolder {
 public:
  /// Collective. Takes the lease, reads the journal or begins one. Throws Error{refused} on rank 0 when another run holds the folder, or when
  /// it was begun with another job or input, unless `restart`: then everything in it is removed.
  /// Sets `setup.units` to the cut that the folder was begun with, and the spool's key. Error{refused} when there is no such key, or another.
  /// The job of `setup` must outlive it.
  WorkFolder(Setup& setup, bool restart, World& world);

  const Progress& progress() const { return progress_; }
  /// Forgets what was written into a data file that is not there any more. Not collective, but all ranks must.
  void write_anew();
  /// Number of the segment files that this rank writes, in each phase: no other run or rank has it.
  std::uint64_t segment() const { return segment_; }
  const SpoolHome& spool() const { return spool_; }
  Watchdog& watchdog() { return *watchdog_; }
  /// Number of this attempt, in the pulses: that of the lease, 0 on other ranks than 0.
  std::uint64_t attempt() const { return lease_ ? lease_->epoch() : 0; }
  /// Of the lease. Rank 0 alone.
  std::uint64_t epoch() const { return lease_->epoch(); }

  /// Rank 0 alone. Durable when it returns.
  void record(Mark mark, std::string_view payload);
  template <class T>
  void record(Mark mark, std::span<const T> rows) {
    if (!rows.empty()) record(mark, as_bytes(rows));
  }
  /// Collective: the rows of all ranks in one batch.
  template <class T>
  void record_all(Mark mark, std::span<const T> rows, World& world) {
    std::string all;
    for (const std::string& part : world.gather_bytes(as_bytes(rows))) all += part;
    if (!all.empty()) record(mark, all);
  }

  /// Collective. The run ends before it is through, in good order: the next one need not ask whether this one lives.
  void let_go(World& world);
  /// Rank 0 alone, when the data set is published: removes what this run has made.
  void remove();
  /// Rank 0 alone, when the run is refused: nothing of it stays in a folder in which it has begun nothing but this attempt.
  void remove_if_new() noexcept;

 private:
  struct Found;
  Found open_on_root(Setup& setup, bool restart, std::uint64_t ranks);
  void open_key(const PlanRecord& before, bool begun);
  void drop_what_is_damaged(World& world);

  const Job& job_;
  std::string folder_;
  SpoolHome spool_;
  std::optional<Lease> lease_;            // on rank 0
  std::optional<JournalWriter> journal_;  // on rank 0
  std::unique_ptr<Watchdog> watchdog_;
  Progress progress_;
  std::uint64_t segment_ = 0;
  bool is_new_ = false;    // on rank 0: nothing was begun in it
  bool made_key_ = false;  // on rank 0
};

/// Rank 0 alone: removes what a run has left behind that was killed after it had published its data set. Leaves anything else alone.
void remove_finished_work(const Setup& setup);

}  // namespace quern
