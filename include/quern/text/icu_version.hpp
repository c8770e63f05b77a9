#pragma once

#include <string>

namespace quern {

/// Of the ICU that is loaded now.
std::string icu_version();

}  // namespace quern
