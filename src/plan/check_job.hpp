#pragma once
// Whether the parts of a job fit together.

#include "plan/job_value.hpp"
#include "quern/base/job.hpp"

namespace quern {

/// Throws Error{plan} at the place in `file` that has to change.
void check_job(const Job& job, const JobValue& file);

/// The part of it that looks at `filter` alone.
void check_filters(const Job& job, const JobValue& file);

/// Whether the options of a format fit together; `key`: its path in `file`.
void check_export(const ExportSpec& spec, const std::string& key, const JobValue& file);

}  // namespace quern
