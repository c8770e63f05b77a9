#pragma once
// The JSON Schema of job files: what editors complete and check by.

#include <string>

namespace quern {

/// JSON Schema, draft 7, made from the tables of keys that load_job() reads by: every key with what it may be, its default, and what docs/job.md
/// says of it; other keys are errors. What ties two keys together, and what YAML allows beyond JSON, is left to load_job().
std::string job_schema();

}  // namespace quern
