#pragma once

#include <string_view>

namespace quern {

/// Of ASCII letters, not `xn--…`.
bool is_top_level_domain(std::string_view lower_case);

}  // namespace quern
