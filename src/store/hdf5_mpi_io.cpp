// The bridge from a communicator to parallel HDF5: the only file outside comm/ that includes mpi.h.

#include "store/hdf5_calls.hpp"

#include <mpi.h>

#if !defined(H5_HAVE_PARALLEL)
#error "quern needs HDF5 built with MPI (package libhdf5-openmpi-dev)"
#endif

namespace quern::hdf5 {

void use_mpi_io(const Hdf5Handle& access, const void* communicator, const std::string& path) {
  check(H5Pset_fapl_mpio(access.id(), *static_cast<const MPI_Comm*>(communicator), MPI_INFO_NULL), "H5Pset_fapl_mpio", path);
}

}  // namespace quern::hdf5
