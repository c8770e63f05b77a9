#pragma once
// Job files: YAML (of which JSON is a subset) → Job. docs/job.md lists every key.

#include "quern/base/job.hpp"

#include <span>
#include <string>
#include <vector>

namespace quern {

/// Reads the job file, puts the overrides `sets` ("a.b=value", the value in YAML; lists by index: "input.0.path=…") in their
/// places, fills in every default and checks that the parts fit together. Relative paths are relative to the folder of the job file,
/// those in overrides too. Reads no other file.
/// Throws Error{plan} that names file, line and column (or the override), the key's full path, and the nearest right name.
Job load_job(const std::string& path, std::span<const std::string> sets);

/// What `quern refilter` is told: the key `filter` alone.
struct RefilterJob {
  std::vector<FilterSpec> filter;
  std::string canonical;  ///< JSON
};
/// From overrides alone: "filter=[…]", "filter.0.…=…" after it. Relative paths are relative to the working folder. Throws as load_job().
RefilterJob load_refilter(std::span<const std::string> sets);

/// What `quern export` is told.
struct ExportJob {
  ExportSpec spec;
  std::string canonical;  ///< JSON: {"<format>":{<options, all filled in>}}
};
/// `format`: a name of docs/export.md; `sets`: its options, "length=2048". Throws as load_job().
ExportJob load_export(const std::string& format, std::span<const std::string> sets);
/// The canonical form of one format.
std::string export_json(const ExportSpec& spec);

}  // namespace quern
