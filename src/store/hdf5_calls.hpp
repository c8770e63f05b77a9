#pragma once
// The ring next to the C library: every call checked, the library's error stack in the message.

#include "quern/store/hdf5.hpp"

#include <hdf5.h>

#include <cerrno>
#include <string>

namespace quern::hdf5 {

/// Switches off HDF5's own printing to the error stream; once per process, before the first call.
void quiet();

/// What the error stack says, outermost and innermost entry; empties the stack.
std::string take_error();

/// Before a call that reads or writes the disk: if it fails, errno is of this call. HDF5 and MPI-IO hand no reason on.
inline void forget_errno() { errno = 0; }

/// H5Fopen, of a file that is gone on with.
inline constexpr const char* kOpenToWrite = "H5Fopen to write";

/// Throws Error{store}: path, call, the reason that errno gives or, behind a call that writes, a trial of the disk finds, and the error stack.
[[noreturn]] void fail_call(const char* call, const std::string& path);

inline void check(herr_t result, const char* call, const std::string& path) {
  if (result < 0) fail_call(call, path);
}

inline Hdf5Handle checked(hid_t id, Hdf5Handle::Kind kind, const char* call, const std::string& path) {
  if (id < 0) fail_call(call, path);
  return {id, kind};
}

Hdf5Handle make_properties(hid_t of_class, const std::string& path);
/// A scalar for an empty shape.
Hdf5Handle make_space(const std::vector<std::uint64_t>& shape, const std::string& path);
/// Unsigned little-endian integer as it is in files; `bytes` is 1, 2, 4 or 8.
hid_t number_type(std::uint64_t bytes, const std::string& path);
/// The same, to be closed.
Hdf5Handle make_number_type(std::uint64_t bytes, const std::string& path);
/// As number_type(), or binary64.
hid_t value_type(const Hdf5Type& type, const std::string& path);
/// Fixed-length UTF-8 string padded with zeros.
Hdf5Handle make_text_type(std::uint64_t bytes, const std::string& path);
Hdf5Type describe(hid_t type);

/// Makes all ranks of the communicator (a const MPI_Comm*) one writer. Defined in the one file of this room that knows MPI.
void use_mpi_io(const Hdf5Handle& access, const void* communicator, const std::string& path);

}  // namespace quern::hdf5
