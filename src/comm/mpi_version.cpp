#include "quern/comm/mpi_version.hpp"

#include "quern/base/error.hpp"

#include <mpi.h>

#include <array>

namespace quern {

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  if (MPI_Get_library_version(text.data(), &length) != MPI_SUCCESS) fail(ErrorKind::comm, "MPI does not say its version");
  const std::string all(text.data());
  return all.substr(0, all.find_first_of(",\n"));
}

}  // namespace quern
