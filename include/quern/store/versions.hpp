#pragma once

#include "quern/base/version.hpp"

#include <vector>

namespace quern {

/// HDF5, zstd, zlib and OpenSSL as they are loaded now, which need not be those of the build.
std::vector<LibraryVersion> store_versions();

}  // namespace quern
