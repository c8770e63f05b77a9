#pragma once
// What an MPI test needs: the world it runs in.

#include "quern/comm/world.hpp"

namespace quern::test {

/// The world of all ranks of this test program.
World& world();

}  // namespace quern::test
