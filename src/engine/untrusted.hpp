#pragma once
// Members of compressed files of which all was decoded, and only then the checksum found wrong (docs/decisions/0007-wrong-checksums.md).

#include "engine/records.hpp"
#include "quern/comm/world.hpp"

#include <string_view>

namespace quern {

/// What is said of a record in such a range.
inline constexpr std::string_view kDistrusted = "it lies in a range of which the checksum is wrong";

/// How the row of such a damage names the range: the place of the hash of a text, which it has not.
inline Hash128 untrusted_range(std::uint64_t from, std::uint64_t to) { return {.high = from, .low = to}; }

/// Collective. Quarantines every record that begins in a range that a damage row names, whichever unit and rank it is at.
/// Costs nothing where there is no such row; the rows are read a second time where there is.
void distrust(Records& records, SpoolReader& spool, World& world);

/// For on_error: stop, also of what was recorded by a run that was told otherwise. Collective; rank 0 throws Error{input} for the first one.
void stop_at_quarantined(const Records& records, SpoolReader& spool, const Setup& setup, World& world);

}  // namespace quern
