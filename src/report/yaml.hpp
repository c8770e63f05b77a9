#pragma once
// JSON as YAML, which people read more easily.

#include <nlohmann/json.hpp>

#include <string>

namespace quern {

/// Block style; lists of scalars on one line. A text that YAML could take for something else is quoted as in JSON.
std::string to_yaml(const nlohmann::ordered_json& json);

}  // namespace quern
