#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/base/verdict.hpp"
#include "quern/report/origin.hpp"

#include <nlohmann/json.hpp>

#include <numeric>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

Json reasons_of(const std::vector<std::uint64_t>& by_reason) {
  Json reasons = Json::object();
  for (std::size_t r = 1; r < by_reason.size(); ++r) {
    if (by_reason[r] > 0) reasons[std::string(kReasonNames[r])] = by_reason[r];
  }
  return reasons;
}

Json rows_of(const std::vector<SourceCounts>& all) {
  Json rows = Json::array();
  for (const SourceCounts& one : all) {
    rows.push_back({{"name", one.name}, {"records", std::accumulate(one.by_reason.begin(), one.by_reason.end(), std::uint64_t{0})},
                    {"kept", one.by_reason.at(0)}, {"tokens", one.tokens}, {"text_bytes", one.text_bytes}, {"by_reason", reasons_of(one.by_reason)}});
  }
  return rows;
}

/// Every key of the job that is a seed.
void collect_seeds(const Json& value, const std::string& path, Json& seeds) {
  if (!value.is_structured()) return;
  std::size_t number = 0;
  for (const auto& [key, child] : value.items()) {
    const std::string name = value.is_array() ? std::to_string(number++) : key;
    const std::string below = path.empty() ? name : path + "." + name;
    if (child.is_number_unsigned() && (name == "seed" || name.ends_with("_seed"))) seeds[below] = child;
    collect_seeds(child, below, seeds);
  }
}

/// The job and the same with places, side by side: where one has a digest and the other a path there is a side file. Keys are nobody's business.
void collect_side_files(const Json& job, const Json& placed, const std::string& path, Json& files) {
  if (path.ends_with(".key_file")) return;
  if (job.is_string() && placed.is_string() && job != placed && hash128_from_hex(job.get<std::string>())) {
    const std::string place = placed.get<std::string>();
    files.push_back({{"key", path}, {"name", place.substr(place.rfind('/') + 1)}, {"digest", job}});
  }
  if (!job.is_structured() || job.type() != placed.type()) return;
  std::size_t number = 0;
  for (const auto& [key, child] : job.items()) {
    const std::string name = job.is_array() ? std::to_string(number) : key;
    const bool there = job.is_array() ? number < placed.size() : placed.contains(key);
    if (there) collect_side_files(child, job.is_array() ? placed[number] : placed[key], path.empty() ? name : path + "." + name, files);
    ++number;
  }
}

Json pairs(const std::vector<std::pair<std::string, std::uint64_t>>& all) {
  Json object = Json::object();
  for (const auto& [name, count] : all) object[name] = count;
  return object;
}

Json digests(const std::vector<NamedDigest>& all) {
  Json list = Json::array();
  for (const NamedDigest& one : all) list.push_back({{"name", one.name}, {"digest", one.digest}});
  return list;
}

/// A value by its path, as text; "none" where it is not there.
void compare(const Json& before, const Json& now, const std::string& what, std::vector<std::string>& lines) {
  const auto text = [](const Json& value) { return value.is_null() ? "none" : value.is_string() ? value.get<std::string>() : value.dump(); };
  if (!before.is_object() && !now.is_object()) {
    if (before != now) lines.push_back(fmt::format("{}: {} then, {} now", what, text(before), text(now)));
    return;
  }
  const auto member = [](const Json& object, const std::string& key) { return object.is_object() && object.contains(key) ? object[key] : Json(); };
  if (before.is_object()) {
    for (const auto& [key, value] : before.items()) compare(value, member(now, key), what + " " + key, lines);
  }
  if (now.is_object()) {
    for (const auto& [key, value] : now.items()) {
      if (!before.is_object() || !before.contains(key)) compare(Json(), value, what + " " + key, lines);
    }
  }
}

}  // namespace

std::string provenance_json(const RunReport& report, const Origin& origin) {
  const Json job = Json::parse(report.job);
  Json json = {{"format", "quern provenance"}, {"format_version", 1}};
  json["digests"] = {{"content", report.digest}, {"plan", report.plan_digest}, {"input", report.input_digest}};
  json["versions"] = {{"quern", report.version}, {"algorithms", origin.algorithms}, {"unicode", origin.unicode_version}};
  for (const LibraryVersion& library : origin.libraries) json["versions"][library.name] = library.version;
  json["seeds"] = Json::object();
  collect_seeds(job, "", json["seeds"]);
  json["input"] = {{"files", report.files}, {"bytes", origin.input_bytes}, {"text_bytes", report.raw_text_bytes},
                   {"no_documents", pairs(report.passed_over)}};
  json["side_files"] = Json::array();
  if (!origin.placed_job.empty()) collect_side_files(job, Json::parse(origin.placed_job), "", json["side_files"]);
  json["tokenizer"] = {{"digest", origin.tokenizer_digest}, {"vocab_size", report.vocab_size}, {"end_of_text", origin.end_of_text},
                       {"files", digests(origin.tokenizer_files)}};
  json["counts"] = {{"records", report.records}, {"kept", report.kept}, {"removed", report.removed}, {"quarantined", report.quarantined},
                    {"tokens", report.tokens}, {"by_reason", reasons_of(report.by_reason)}};
  json["sources"] = rows_of(report.sources);
  json["languages"] = rows_of(report.languages);
  json["steps"] = {{"pii", pairs(report.pii)}, {"documents_with_repeats", report.documents_with_repeats},
                   {"documents_with_contamination", report.documents_with_contamination}};
  json["about"] = origin.about.empty() ? Json::object() : Json::parse(origin.about);
  json["job"] = job;
  if (!origin.base.empty()) json["base"] = Json::parse(origin.base);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> provenance_differences(std::string_view before_text, std::string_view now_text) try {
  const Json before = Json::parse(before_text), now = Json::parse(now_text);
  std::vector<std::string> lines;
  const auto member = [](const Json& json, const char* key) { return json.is_object() && json.contains(key) ? json[key] : Json(); };
  compare(member(before, "versions"), member(now, "versions"), "version of", lines);
  compare(member(before, "seeds"), member(now, "seeds"), "seed", lines);
  for (const char* key : {"digest", "vocab_size", "end_of_text"}) compare(member(member(before, "tokenizer"), key), member(member(now, "tokenizer"), key), std::string("tokenizer ") + key, lines);
  compare(member(before, "counts"), member(now, "counts"), "count", lines);
  return lines;
} catch (const Json::exception& error) {
  return {std::string("provenance.json cannot be compared: ") + error.what()};
}

}  // namespace quern
