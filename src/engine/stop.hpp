#pragma once
// A run that is told to end (SIGTERM, SIGUSR1: what a batch system sends before the time limit) records what it has and ends in good order.

#include "quern/comm/world.hpp"

namespace quern {

/// From now on SIGTERM, SIGINT and SIGUSR1 only ask; a second SIGINT or SIGTERM ends the process at once. Once per process.
void listen_for_stop();

/// Whether one of them has come to this rank. To be asked between two documents, units or rounds.
bool stop_requested() noexcept;

/// Collective: whether one has come to any rank, the same answer on all.
bool stop_asked_of_any(World& world);

}  // namespace quern
