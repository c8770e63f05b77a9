#pragma once

#include <string>

namespace quern {

/// What the MPI library that is loaded calls itself: its first words. May be called before MPI is started, and without it.
std::string mpi_version();

}  // namespace quern
