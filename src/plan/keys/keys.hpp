#pragma once
// The tables of job keys, one file for each part of the job.

#include "plan/job_keys.hpp"

namespace quern {

/// One signal by its name.
template <class S>
Kind<S> signal(std::optional<Signal> S::*member) {
  Names<Signal> names;
  for (std::size_t i = 0; i < kSignals; ++i) names.emplace_back(kSignalAbout[i].name, static_cast<Signal>(i));
  return {[=](S& to, const JobValue& value, const std::string&) { to.*member = read_name(value, names); },
          [=](const S& from) { return from.*member ? json_quoted(name(*(from.*member))) : std::string(); },
          [=](const std::string&) { return schema_of_names(words_of(names)); }};
}

// Functions: tables in other files may be made later than those that use them.
const Section<InputSpec>& input_keys();
const Section<CleanSpec>& clean_keys();
Kind<Job> language_section();
Kind<Job> filter_list();
Kind<Job> contamination_section();
const Section<RepeatsSpec>& repeats_keys();
Kind<Job> signal_list();
const Section<DedupSpec>& dedup_keys();
const Section<SourceSpec>& source_keys();
const Section<ProgressSpec>& progress_keys();
const Section<MetricsSpec>& metrics_keys();
const Section<LogSpec>& log_keys();
const Section<LimitsSpec>& limits_keys();
const Section<WindowsSpec>& windows_keys();
Kind<OutputSpec> format_list();

}  // namespace quern
