#pragma once
// Input files → work units.

#include "quern/base/job.hpp"
#include "quern/base/unit.hpp"
#include "quern/plan/inputs.hpp"

#include <span>
#include <vector>

namespace quern {

/// Decompressed bytes that are guessed for a byte of a compressed file.
inline constexpr std::uint64_t kGuessedRatio = 4;

/// What a unit should hold of decompressed bytes: unit_bytes, but no more than an eighth of memory_per_rank.
std::uint64_t effective_unit_bytes(const Job& job);

/// What decides how the input is cut, apart from the input. A run that is gone on with keeps it.
struct UnitCut {
  std::uint64_t unit_bytes = 0;  ///< effective_unit_bytes
  std::uint64_t ranks = 1;
};

/// Files that follow each other are put together up to the unit size; larger ones are cut into pieces of about that size,
/// compressed ones (told by their first bytes, which are read of large files only) into ranges of their bytes on disk. Files that
/// are one record (text, HTML) are never cut, nor is a file that cannot be opened. With more than one rank, units are made small enough (but not below 1 MiB) that none
/// waits long for the last ones. How the input is cut changes nothing of what is computed.
std::vector<Unit> make_units(std::span<const InputFile> files, const Job& job, const UnitCut& cut);
std::vector<Unit> make_units(std::span<const InputFile> files, const Job& job, std::uint64_t ranks = 1);

}  // namespace quern
