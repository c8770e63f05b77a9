#include "quern/base/version.hpp"

namespace quern {

std::string_view version() { return QUERN_VERSION; }

}  // namespace quern
