#pragma once
// Start and end of MPI. Included by the program and the MPI tests only; everything else takes a World.

#include "quern/comm/world.hpp"

#include <memory>

namespace quern {

/// MPI from construction to destruction. One per process. A run that fails must call abort(): an orderly return of one rank
/// while the others wait in a collective hangs for ever.
class MpiRun {
 public:
  MpiRun(int& argc, char**& argv);
  /// With exchanges and broadcasts cut into rounds of `round_bytes` a rank: tests take a few kilobytes to see what large runs do.
  MpiRun(int& argc, char**& argv, std::uint64_t round_bytes);
  ~MpiRun();
  MpiRun(const MpiRun&) = delete;
  MpiRun& operator=(const MpiRun&) = delete;

  World& world();
  /// Ends all ranks at once with this exit code. Never returns.
  [[noreturn]] void abort(int exit_code);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace quern
