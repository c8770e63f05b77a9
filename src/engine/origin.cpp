#include "engine/origin.hpp"

#include "engine/report_files.hpp"
#include "quern/base/verdict.hpp"
#include "quern/classify/language.hpp"
#include "quern/comm/mpi_version.hpp"
#include "quern/dataset/shard_files.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/key_texts.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/store/file.hpp"
#include "quern/store/versions.hpp"
#include "quern/text/icu_version.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace quern {

bool is_own_name(std::string_view name) {
  const bool windows = name.starts_with("windows") && name.ends_with(".h5");  // of the documents that are there: docs/formats/windows.md
  return windows || name == kDatasetFileName || is_report_file(name) || name == kProvenanceFileName || name == kCardFileName || is_shard_name(name);
}

std::vector<LibraryVersion> library_versions() {
  std::vector<LibraryVersion> all = built_with();
  std::ranges::move(store_versions(), std::back_inserter(all));
  all.push_back({"cld2", std::string(cld2_version())});
  all.push_back({"icu", icu_version()});
  all.push_back({"mpi", mpi_version()});
  std::ranges::sort(all, {}, &LibraryVersion::name);
  return all;
}

std::vector<std::string> versions_of_root(World& world) {
  std::string joined;
  if (world.is_root()) {
    for (const LibraryVersion& library : library_versions()) joined += fmt::format("{} {}\n", library.name, library.version);
  }
  world.broadcast_bytes(joined);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < joined.size();) {
    const std::size_t end = joined.find('\n', at);
    lines.push_back(joined.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

Origin origin_of(const Setup& setup, const Provenance& provenance, const std::string& folder) {
  Origin origin;
  origin.algorithms = kAlgorithms;
  origin.unicode_version = provenance.unicode_version;
  origin.placed_job = placed_job_json(setup.job);
  origin.about = about_json(setup.job.about);
  for (const InputFile& file : setup.files) origin.input_bytes += file.bytes;
  origin.tokenizer_digest = provenance.tokenizer_digest.hex();
  origin.end_of_text = provenance.end_of_text;
  std::vector<std::string> names;
  if (setup.job.tokenizer.train) names.emplace_back("tokenizer.json");
  for (const auto& [name, bytes] : setup.tokenizer_files) names.push_back(name);
  for (const std::string& name : names) origin.tokenizer_files.push_back({name, hash128(read_file(folder + "/" + name)).hex()});
  origin.libraries = library_versions();
  return origin;
}

Origin origin_of_refilter(const DatasetReader& base, const std::string& base_folder) {
  Origin origin;
  origin.algorithms = kAlgorithms;
  origin.unicode_version = base.provenance().unicode_version;
  origin.tokenizer_digest = base.provenance().tokenizer_digest.hex();
  origin.end_of_text = base.provenance().end_of_text;
  origin.libraries = library_versions();
  for (std::uint64_t first = 0; first < base.shape().n_files;) {
    const FilePart part = base.files(first, base.shape().n_files - first);
    for (const FileContent& content : part.contents) origin.input_bytes += content.bytes;
    first += part.entry.size();
  }
  const std::string before = fmt::format("{}/{}", base_folder, kProvenanceFileName);
  if (path_exists(before)) origin.base = read_file(before);
  return origin;
}

void put_origin(const RunReport& report, const Origin& origin, const std::string& folder) {
  const std::string provenance = provenance_json(report, origin);
  publish_file(fmt::format("{}/{}", folder, kProvenanceFileName), provenance);
  publish_file(fmt::format("{}/{}", folder, kCardFileName), data_card(provenance, {}, text_of_key));
}

void print_card(const std::string& path, const std::string& job_path, std::ostream& out) {
  const std::filesystem::path data = path;
  const std::string folder = std::filesystem::is_directory(data) ? data.string() : data.parent_path().string();
  const std::string about = job_path.empty() ? std::string() : about_json(load_job(job_path, {}).about);
  out << data_card(read_file(fmt::format("{}/{}", folder.empty() ? "." : folder, kProvenanceFileName)), about, text_of_key);
}

}  // namespace quern
