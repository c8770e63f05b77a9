#pragma once
// What is shown of a run while it lasts, as text. Pure: no clock, no terminal.

#include "quern/base/tally.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// A moment of a run, over all ranks.
struct Moment {
  Stage stage = Stage::plan;
  double elapsed_s = 0;        ///< of the run
  double stage_s = 0;          ///< of the stage
  std::uint64_t done = 0, total = 0;  ///< of the same unit; a total of 0: not known
  std::uint64_t documents = 0;
  std::uint64_t rounds = 0;
  double mb_per_s = 0;         ///< of late
  std::vector<std::uint64_t> done_by_rank;
};

/// "map", "near duplicates: rounds": for people.
std::string_view title(Stage stage);

/// Seconds until the stage ends, by its pace so far; nothing while that is no more than a guess (2 s or 1 % of it).
std::optional<double> seconds_left(const Moment& moment);

/// "0:07", "12:30", "3:02:10".
std::string clock_text(double seconds);

/// "52/48 %" for up to 8 ranks, "3-14 % each" for more; empty when nothing is done, or with one rank.
std::string share_text(const std::vector<std::uint64_t>& done_by_rank);

/// One line of at most `columns` characters (ASCII): what finds no room is left out, least important first.
std::string progress_text(const Moment& moment, std::size_t columns);

/// The same for a log: everything, whatever its length.
std::string progress_line(const Moment& moment);

}  // namespace quern
