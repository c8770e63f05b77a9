#pragma once
// Who may write into a work folder: one run at a time, without locks, without comparing clocks, also on network file systems.

#include <chrono>
#include <cstdint>
#include <string>

namespace quern {

/// File in a work folder whose bytes its holder changes again and again while it lives (engine/watchdog.hpp).
inline constexpr char kAliveFileName[] = "alive";

/// For a holder on another machine: some of its signs of life, and what a network file system may hold back.
inline constexpr std::chrono::seconds kLeasePatience{20};

/// A file lease.<epoch>, made with O_EXCL: of two that want the next epoch one gets it. It names the process that made it. Not collective.
class Lease {
 public:
  /// Takes the next epoch, unless the holder of the last one lives: then Error{refused} says who that is.
  /// A holder on this machine lives while its process does. Of one elsewhere it is enough that its `alive` file changes within `patience`;
  /// the job of a batch system that was queued again has ended before.
  static Lease take(const std::string& folder, std::chrono::milliseconds patience, unsigned permissions = 0600);

  std::uint64_t epoch() const { return epoch_; }
  /// Throws Error{refused} when another run has taken over: before each batch of the journal.
  void check() const;
  /// The run ends in good order: the next one need not ask whether it lives.
  void release() const;
  /// The work is through and its folder goes away.
  void remove() const;

 private:
  Lease(std::string folder, std::uint64_t epoch, unsigned permissions)
      : folder_(std::move(folder)), epoch_(epoch), permissions_(permissions) {}

  std::string folder_;
  std::uint64_t epoch_;
  unsigned permissions_;
};

/// Whether the holder of the last lease lives, as take() would find it.
bool lease_is_held(const std::string& folder, std::chrono::milliseconds patience);

/// What the holder of the last lease says of itself, for `quern status`; empty when there is none or it was released.
std::string lease_holder(const std::string& folder);

}  // namespace quern
