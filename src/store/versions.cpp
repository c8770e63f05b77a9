#include "quern/store/versions.hpp"

#include "quern/base/error.hpp"

#include <hdf5.h>
#include <openssl/crypto.h>
#include <zlib.h>
#include <zstd.h>

namespace quern {

std::vector<LibraryVersion> store_versions() {
  unsigned major = 0, minor = 0, release = 0;
  if (H5get_libversion(&major, &minor, &release) < 0) fail(ErrorKind::internal, "HDF5 does not say its version");
  return {{"hdf5", fmt::format("{}.{}.{}", major, minor, release)},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"zlib", zlibVersion()},
          {"zstd", ZSTD_versionString()}};
}

}  // namespace quern
