#pragma once
// The files of a report beside a data set.

#include "quern/comm/world.hpp"
#include "quern/dataset/dataset_reader.hpp"

#include <string>
#include <string_view>

namespace quern {

struct RunReport;

inline constexpr std::string_view kReportName = "report.json";
inline constexpr std::string_view kPageName = "report.html";
inline constexpr std::string_view kExamplesName = "examples.json";

/// Whether a file of this name beside a data set is one of these.
bool is_report_file(std::string_view name);

/// Writes them into the folder; examples.json only when there are some. One process.
void publish_report(const std::string& folder, const RunReport& report);

/// A file that lies, or would lie, beside the data set.
std::string path_beside(const DatasetReader& data, std::string_view name);

/// Collective; on rank 0. The report.json beside a finished data set, with figures; where it has none, or there is no report, they are measured.
/// Throws Error{check} when the report.json is another data set's.
std::string finished_report(const DatasetReader& data, World& world);

}  // namespace quern
