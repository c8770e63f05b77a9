#pragma once
// From what a data set says of its job back to a job file that can be run.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// What `quern refilter` did to a data set.
struct RefilterStep {
  std::string filters;      ///< JSON list: the value of `filter`
  std::string base_digest;  ///< content digest of the data set that it was made from
};

/// The job that read texts, and what was filtered again since, from the first to the last.
struct JobHistory {
  std::string job;  ///< canonical JSON
  std::vector<RefilterStep> refilters;
};

/// `job` is Provenance::job. Throws Error{check} when it is not a job of quern.
JobHistory history_of(std::string_view job);

/// What is known of where things are.
struct Places {
  std::string job;                       ///< placed_job_json() of the run; empty: not known
  std::vector<std::string> input_roots;  ///< in the place of where the input was: one for all entries, or one for each
  std::string tokenizer;                 ///< file of the vocabulary; empty: that of `job`
  std::vector<std::string> folders;      ///< where side files are looked for that are not where they were
  std::string output, work;              ///< folders of the run that is to come
};

struct RebuiltJob {
  std::string json;                   ///< a job file
  std::vector<std::string> problems;  ///< what is missing or changed, one line each; the job cannot be run when there are any
};

/// Reads and hashes every side file. Throws Error{usage} when the number of input roots does not fit. One process.
RebuiltJob rebuild_job(const std::string& canonical, const Places& places);

/// A line for each key in which two canonical jobs differ. What only one of them has, another version of quern may have added or left out.
std::vector<std::string> job_differences(std::string_view before, std::string_view now);

}  // namespace quern
