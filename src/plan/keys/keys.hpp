#pragma once
// The tables of job keys, one file for each part of the job.

#include "plan/job_keys.hpp"

namespace quern {

// Functions: tables in other files may be made later than those that use them.
const Section<InputSpec>& input_keys();
const Section<CleanSpec>& clean_keys();
Kind<Job> filter_list();
const Section<RepeatsSpec>& repeats_keys();
Kind<Job> signal_list();
const Section<DedupSpec>& dedup_keys();
const Section<SourceSpec>& source_keys();

}  // namespace quern
