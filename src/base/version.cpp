#include "quern/base/version.hpp"

#include <algorithm>

namespace quern {

std::string_view version() { return QUERN_VERSION; }

std::vector<LibraryVersion> built_with() {
  std::vector<LibraryVersion> all;
  std::string_view rest = QUERN_BUILT_WITH;  // name=version,name=version
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    const std::size_t equals = one.find('=');
    if (equals + 1 < one.size()) all.push_back({std::string(one.substr(0, equals)), std::string(one.substr(equals + 1))});
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return all;
}

}  // namespace quern
