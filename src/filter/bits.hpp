#pragma once
// Fills along runs of set bits.

#include <bit>
#include <cstdint>

namespace quern {

inline std::uint64_t count(std::uint64_t bits) noexcept { return static_cast<std::uint64_t>(std::popcount(bits)); }

/// The bits directly above those runs of `run` that begin at a bit of `from`; bits of `from` outside `run` stay where they are.
/// A carry does the walking: the run below bit 63 must end there.
inline std::uint64_t after_run(std::uint64_t from, std::uint64_t run) noexcept { return (((from & run) + run) & ~run) | (from & ~run); }

/// The bits of `run` from a bit of `from` (the begin of a run) to the end of that run.
inline std::uint64_t fill_up(std::uint64_t from, std::uint64_t run) noexcept { return run & ~((from & run) + run); }

/// The bits of `run` from a bit of `from` down to the begin of that run. There is no carry that way: doubling steps (Kogge and Stone 1973).
inline std::uint64_t fill_down(std::uint64_t from, std::uint64_t run) noexcept {
  from &= run;
#pragma GCC unroll 6
  for (int step = 1; step < 64; step *= 2) {
    from |= run & (from >> step);
    run &= run >> step;
  }
  return from;
}

}  // namespace quern
