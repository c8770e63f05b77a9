#pragma once
// Two data sets held against each other, record by record: what each kept, and why not.

#include <cstdint>
#include <iosfwd>
#include <string>

namespace quern {

struct DiffOptions {
  std::uint64_t examples = 3;  ///< records named for each pair of answers that differ
  bool list = false;           ///< instead of the table a line for each record with two answers
  bool quiet = false;          ///< print nothing
};

/// Whether any record has another verdict or reason in the other data set, or is in one alone. A record is known by its file (the name below the
/// input's fixed prefix; of several equal ones the first stands for the first) and offset. Records of files that are in one data set
/// alone are known by their own id, if they have one. Prints the keys of the job that differ, how many records have which answer in which, and some of each.
/// One process. Both ledgers are read once, in input order; the ids of files in one data set alone twice for each 8,000,000 of the first's. Memory: about
/// 300 MB at most, and the names of the files. Throws Error{check} for a damaged data set, Error{store} when `out` takes no more.
bool diff_datasets(const std::string& first, const std::string& second, const DiffOptions& options, std::ostream& out);

}  // namespace quern
