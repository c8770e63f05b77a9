#pragma once

#include <string_view>

namespace quern {

/// Of this library, as CMakeLists.txt states it: "0.1.0".
std::string_view version();

}  // namespace quern
