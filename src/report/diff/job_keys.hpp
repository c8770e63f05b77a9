#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace quern {

/// A key of two jobs, as in --set (input.0.path), with both values as JSON; empty where a job does not have it.
struct KeyDifference {
  std::string key, first, second;
};

/// Of two jobs in canonical JSON, by key. Throws nlohmann::json::exception when one is none.
std::vector<KeyDifference> differing_keys(const std::string& first, const std::string& second);

}  // namespace quern
