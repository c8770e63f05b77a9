#pragma once

#include <string>

namespace quern {

/// What the CLD2 that is loaded says of itself.
std::string cld2_version();

}  // namespace quern
