#pragma once
// Whether input files whose time was changed still hold what was read of them.

#include "engine/setup.hpp"

#include <cstdint>
#include <vector>

namespace quern {

struct Progress;

/// Of the bytes on disk of the unit's pieces, one after the other. Throws Error{store}; what cannot be read is a quarantined record already.
Hash128 digest_of_input(const Unit& unit);

/// Collective. `changed`: numbers of files, on rank 0. Reads what of them was read before, on all ranks; throws Error{refused} when it is
/// something else now.
void check_changed_inputs(const Setup& setup, const std::vector<std::uint32_t>& changed, const Progress& progress, World& world);

}  // namespace quern
