#include "engine/report_files.hpp"
#include "quern/base/error.hpp"
#include "quern/engine/engine.hpp"
#include "quern/report/page.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <filesystem>
#include <ostream>

namespace quern {

namespace {

/// Texts are in it: who may read the data set may read them, nobody else.
unsigned permissions_of(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) fail(ErrorKind::store, "{}: cannot be looked at: {}", path, error.message());
  return static_cast<unsigned>(status.permissions()) & 0666u;
}

/// The examples.json beside a data set, if it is that of this one.
std::string examples_beside(const DatasetReader& data) {
  RunReport report;
  report.digest = data.content_digest().hex();
  report.duplicates = read_duplicate_examples(path_beside(data, kExamplesName), data.content_digest());
  return examples_json(report);
}

}  // namespace

void write_report(const ReportRequest& request, std::ostream& out, World& world) {
  const DatasetReader data(request.path);
  const std::string report = finished_report(data, world);
  if (!world.is_root()) return;
  if (!request.to.empty() && path_exists(request.to)) fail(ErrorKind::refused, "{}: is there already: choose another --to", request.to);
  const std::string to = request.to.empty() ? path_beside(data, kPageName) : request.to;
  publish_file(to, report_page(report, request.no_texts ? "" : examples_beside(data)), permissions_of(data.path()));
  out << to << '\n';
}

}  // namespace quern
