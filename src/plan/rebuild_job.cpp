#include "quern/plan/rebuild_job.hpp"

#include "plan/glob.hpp"
#include "plan/section.hpp"
#include "quern/base/error.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string as_folder(const std::string& path) {
  std::string folder = std::filesystem::absolute(path).lexically_normal().string();
  if (!folder.ends_with('/')) folder += '/';
  return folder;
}

/// The folder in which two folders lie. Both end with a slash.
std::string common_folder(const std::string& a, const std::string& b) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) {
    if (a[i] == '/') end = i + 1;
  }
  return a.substr(0, end);
}

/// Where the files of an entry are below its root: folder, and pattern or name of the list.
struct EntryPlace {
  std::string folder, rest;
};

class Rebuilder {
 public:
  Rebuilder(const Json& canonical, const Places& places) : canonical_(canonical), places_(places) {}

  RebuiltJob rebuild() {
    Json job = places_.job.empty() ? canonical_ : Json::parse(places_.job);
    find_files(canonical_, job, "");
    place_inputs(job.at("input"));
    place_tokenizer(job.at("tokenizer"));
    job["output"]["path"] = places_.output;
    job["work"] = places_.work;
    return {job.dump(1, ' ', false, Json::error_handler_t::replace) + "\n", std::move(problems_)};
  }

 private:
  /// Where the canonical job has a digest and the placed one a path, or both the digest when places are not known.
  void find_files(const Json& canonical, Json& job, const std::string& path) {
    if (canonical.is_string()) {
      const std::string digest = canonical.get<std::string>();
      const bool is_file = places_.job.empty() ? hash128_from_hex(digest).has_value() : canonical != job && path.find("input.") != 0;
      if (is_file) find_file(digest, job, path);
      return;
    }
    if (!canonical.is_structured() || canonical.type() != job.type()) return;
    std::size_t number = 0;
    for (const auto& [key, child] : canonical.items()) {
      const std::string name = canonical.is_array() ? std::to_string(number) : key;
      const bool there = canonical.is_array() ? number < job.size() : job.contains(key);
      if (there) find_files(child, canonical.is_array() ? job[number] : job[key], path.empty() ? name : path + "." + name);
      ++number;
    }
  }

  void find_file(const std::string& digest, Json& job, const std::string& path) {
    if (places_.job.empty()) {
      problems_.push_back(fmt::format("{}: the file with digest {}: report.json, which knew its name, is gone: give the job file (--job)", path, digest));
      return;
    }
    const std::string was = job.get<std::string>();
    std::vector<std::string> candidates = {was};
    for (const std::string& folder : places_.folders) candidates.push_back(as_folder(folder) + file_name(was));
    bool found = false;
    for (const std::string& candidate : candidates) {
      std::error_code error;
      if (!std::filesystem::is_regular_file(candidate, error)) continue;
      found = true;
      // Of a key the job has a fingerprint, which is looked at when the job is read.
      const auto wanted = path.ends_with(".key_file") ? std::nullopt : hash128_from_hex(digest);
      if (wanted && side_file_digest(candidate) != *wanted) continue;
      job = candidate;
      return;
    }
    problems_.push_back(found ? fmt::format("{}: {}: was changed: its digest is not {}", path, was, digest)
                              : fmt::format("{}: {}: is missing (digest {}): put it back, or into the folder given with --input-root", path, was, digest));
  }

  void place_inputs(Json& entries) const {
    const std::vector<std::string>& roots = places_.input_roots;
    if (roots.empty() && !places_.job.empty()) return;
    if (roots.empty()) fail(ErrorKind::usage, "report.json, which knew where the input was, is gone: give --input-root or --job");
    if (roots.size() != 1 && roots.size() != entries.size()) {
      fail(ErrorKind::usage, "--input-root is given {} times: the job has {} inputs; give it once, for the folder that holds all, or once for each", roots.size(),
           entries.size());
    }
    std::vector<EntryPlace> were;
    for (const Json& entry : entries) were.push_back(place_of(entry));
    std::string common = were.empty() ? "" : were.front().folder;
    for (const EntryPlace& place : were) common = common_folder(common, place.folder);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string below = roots.size() == 1 ? were[i].folder.substr(common.size()) : std::string();
      const std::string folder = as_folder(roots.size() == 1 ? roots.front() : roots[i]) + below;
      const bool is_list = entries[i].contains("list");
      entries[i][is_list ? "list" : "path"] = is_list ? folder + were[i].rest : escaped_for_glob(folder) + were[i].rest;
    }
  }

  EntryPlace place_of(const Json& entry) const {
    const std::string path = entry.contains("list") ? entry.at("list").get<std::string>() : entry.at("path").get<std::string>();
    if (places_.job.empty()) return {"", path};
    if (entry.contains("list")) return {path.substr(0, path.rfind('/') + 1), file_name(path)};
    const Glob glob = parse_glob(path);
    return {glob.prefix, glob.pattern};
  }

  void place_tokenizer(Json& tokenizer) {
    if (tokenizer.contains("train")) return;
    if (tokenizer.value("pattern", "x").empty()) tokenizer.erase("pattern");
    if (!places_.tokenizer.empty()) tokenizer["file"] = places_.tokenizer;
    else if (!tokenizer.contains("file")) problems_.push_back("tokenizer.file: the vocabulary does not lie beside the data set: put it there");
  }

  const Json& canonical_;
  const Places& places_;
  std::vector<std::string> problems_;
};

void flatten(const Json& value, const std::string& path, std::map<std::string, std::string>& leaves) {
  if (!value.is_structured() || value.empty()) {
    leaves.emplace(path, value.dump(-1, ' ', false, Json::error_handler_t::replace));
    return;
  }
  std::size_t number = 0;
  for (const auto& [key, child] : value.items()) {
    const std::string name = value.is_array() ? std::to_string(number++) : key;
    flatten(child, path.empty() ? name : path + "." + name, leaves);
  }
}

[[noreturn]] void fail_job(const Json::exception& error) {
  fail(ErrorKind::check, "/provenance/job: is not a job of quern: {}", error.what());
}

}  // namespace

JobHistory history_of(std::string_view text) try {
  JobHistory history;
  Json job = Json::parse(text);
  while (job.contains("refilter")) {
    history.refilters.insert(history.refilters.begin(), {job.at("refilter").at("filter").dump(), job.at("of").at("content_digest").get<std::string>()});
    Json base = job.at("of").at("job");
    job = std::move(base);
  }
  history.job = job.dump();
  return history;
} catch (const Json::exception& error) {
  fail_job(error);
}

RebuiltJob rebuild_job(const std::string& canonical, const Places& places) try {
  const Json job = Json::parse(canonical);
  return Rebuilder(job, places).rebuild();
} catch (const Json::exception& error) {
  fail_job(error);
}

std::vector<std::string> job_differences(std::string_view before_text, std::string_view now_text) try {
  std::map<std::string, std::string> before, now;
  flatten(Json::parse(before_text), "", before);
  flatten(Json::parse(now_text), "", now);
  std::vector<std::string> lines;
  for (const auto& [key, value] : before) {
    const auto found = now.find(key);
    if (found == now.end()) lines.push_back(fmt::format("{}: {} then, not there now", key, value));
    else if (found->second != value) lines.push_back(fmt::format("{}: {} then, {} now", key, value, found->second));
  }
  for (const auto& [key, value] : now) {
    if (!before.contains(key)) lines.push_back(fmt::format("{}: not there then, {} now", key, value));
  }
  return lines;
} catch (const Json::exception& error) {
  fail_job(error);
}

}  // namespace quern
