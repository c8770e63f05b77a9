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

/// How two jobs differ, a set that was filtered again taken for what it was made of.
struct JobDifferences {
  std::vector<KeyDifference> keys;         ///< of the two jobs of runs
  std::size_t first_refilters = 0, second_refilters = 0;  ///< so often was each filtered again
  std::vector<KeyDifference> last_filter;  ///< between the filters that came last, when one was filtered again: its job's own where it was not
};

/// Of two jobs in canonical JSON, by key. Throws nlohmann::json::exception when one is none.
JobDifferences differing_keys(const std::string& first, const std::string& second);

}  // namespace quern
