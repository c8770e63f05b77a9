#include "engine/report_files.hpp"

#include "quern/report/page.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <filesystem>

namespace quern {

bool is_report_file(std::string_view name) { return name == kReportName || name == kExamplesName || name == kPageName; }

void publish_report(const std::string& folder, const RunReport& report) {
  const std::string json = report_json(report), examples = examples_json(report);
  publish_file(folder + "/" + std::string(kReportName), json);
  if (!examples.empty()) publish_file(folder + "/" + std::string(kExamplesName), examples);
  publish_file(folder + "/" + std::string(kPageName), report_page(json, examples));
}

std::string path_beside(const DatasetReader& data, std::string_view name) { return std::filesystem::path(data.path()).replace_filename(name); }

std::string finished_report(const DatasetReader& data, World& world) {
  const std::string path = path_beside(data, kReportName);
  std::string there;
  bool is_whole = false;
  if (world.is_root() && path_exists(path)) {
    there = read_file(path);
    is_whole = has_figures(there, data.path(), data.content_digest());
  }
  if (world.max(is_whole ? 1 : 0) != 0) return there;
  const RunReport report = report_of_dataset(data, measure(data, world));
  return there.empty() ? report_json(report) : with_figures(there, report);
}

}  // namespace quern
