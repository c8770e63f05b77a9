#pragma once
// Texts of records, read again from the input and made as the run made them.

#include "quern/base/job.hpp"
#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quern {

/// A text that was read again, or why it could not be.
struct InputText {
  std::string text;
  std::string missing;  ///< empty: the text is there
};

struct InputTexts {
  std::map<std::uint64_t, InputText> of;  ///< by record number, one for each that was asked for
  std::string doubt;                      ///< what makes it doubtful that these are the run's texts; empty: nothing does
};

/// Each file is read from its beginning to the last record that is asked for. What corpus rules (repeats, contamination) took out of a text
/// afterwards is still in it. A file that is gone, and one in which another record or none lies at the place, costs the texts of its records alone.
/// Throws Error{refused} when the job is not that of the data set.
InputTexts input_texts(const Job& job, const DatasetReader& data, std::vector<std::uint64_t> records);

}  // namespace quern
