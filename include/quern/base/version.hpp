#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Of this library, as CMakeLists.txt states it: "0.1.0".
std::string_view version();

struct LibraryVersion {
  std::string name, version;
};

/// The compiler, and the libraries that became part of the program when it was built, as the build found them; of those that say their version.
std::vector<LibraryVersion> built_with();

}  // namespace quern
