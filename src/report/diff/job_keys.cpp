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

/// The job of the run that a data set comes from, and the filters that went over it.
struct History {
  Json job, last_filter;
  std::size_t refilters = 0;
};

History history_of(const std::string& text) {
  History history;
  history.job = Json::parse(text);
  for (; history.job.contains("refilter"); ++history.refilters) {
    if (history.refilters == 0) history.last_filter = history.job.at("refilter").at("filter");
    Json base = std::move(history.job.at("of").at("job"));
    history.job = std::move(base);
  }
  if (history.refilters == 0) history.last_filter = history.job.value("filter", Json::array());
  return history;
}

std::vector<KeyDifference> differences(const Json& first, const Json& second, const std::string& path) {
  std::map<std::string, std::string> a, b;
  flatten(first, path, a);
  flatten(second, path, b);
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

}  // namespace

JobDifferences differing_keys(const std::string& first, const std::string& second) {
  const History a = history_of(first), b = history_of(second);
  JobDifferences all{differences(a.job, b.job, ""), a.refilters, b.refilters, {}};
  if (a.refilters + b.refilters > 0) all.last_filter = differences(a.last_filter, b.last_filter, "filter");
  return all;
}

}  // namespace quern
