#pragma once
// Places where a test can hold a run, to kill it in a step that it has chosen.

#include "quern/comm/world.hpp"

#include <string_view>

namespace quern {

/// With QUERN_PAUSE_AT=<name> in the environment: makes the file $QUERN_PAUSE_FILE.<rank> and waits until that is gone; each point once.
/// QUERN_PAUSE_RANK: only on this rank. QUERN_PAUSE_HANG: gives no signs of life meanwhile, as work that hangs.
/// Without: one comparison. Not collective.
void pause_point(std::string_view name, const World& world);

}  // namespace quern
