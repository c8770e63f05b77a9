#include "report/diff/job_keys.hpp"

#include <algorithm>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

void flatten(const Json& json, const std::string& path, std::map<std::string, std::string>& to) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (json.is_object() && !json.empty()) {
    for (const auto& [key, value] : json.items()) flatten(value, below(key), to);
  } else if (json.is_array() && std::ranges::any_of(json, [](const Json& item) { return item.is_structured(); })) {
    for (std::size_t i = 0; i < json.size(); ++i) flatten(json[i], below(std::to_string(i)), to);
  } else {
    to[path] = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

}  // namespace

std::vector<KeyDifference> differing_keys(const std::string& first, const std::string& second) {
  std::map<std::string, std::string> a, b;
  flatten(Json::parse(first), "", a);
  flatten(Json::parse(second), "", b);
  std::vector<KeyDifference> differences;
  for (const auto& [key, value] : a) {
    const auto found = b.find(key);
    if (found == b.end()) differences.push_back({key, value, ""});
    else if (found->second != value) differences.push_back({key, value, found->second});
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) differences.push_back({key, "", value});
  }
  std::sort(differences.begin(), differences.end(), [](const auto& x, const auto& y) { return x.key < y.key; });
  return differences;
}

}  // namespace quern
