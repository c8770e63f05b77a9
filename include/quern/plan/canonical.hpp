#pragma once
// What decides the bytes of the output, in one form and one number.

#include "quern/base/hash.hpp"
#include "quern/base/job.hpp"
#include "quern/plan/inputs.hpp"

#include <span>
#include <string>
#include <string_view>

namespace quern {

/// Changes with every change of quern that changes what a job computes.
inline constexpr std::string_view kAlgorithms = "quern-3";

/// The job as one line of JSON: keys sorted, defaults filled in; without capacities (memory_per_rank, unit_bytes, tokenizer_cache)
/// and without places (work, output path, the inputs' prefix, the tokenizer file's path), for a corpus that is moved gives the same bytes.
std::string canonical_job_json(const Job& job);

/// The same with places: a job file that load_job() reads back as the same job, as long as the files are where they were. It has neither the
/// output nor the work folder, nor capacities.
std::string placed_job_json(const Job& job);
/// The section `about` as JSON, texts that are empty left out.
std::string about_json(const AboutSpec& about);

/// Equal digests: equal output. Over canonical_job_json, kAlgorithms, the Unicode version, the tokenizer's content (`tokenizer_digest`;
/// zero when it is trained) and entry, name and size of every input file.
Hash128 plan_digest(const Job& job, std::span<const InputFile> files, const Hash128& tokenizer_digest);

}  // namespace quern
