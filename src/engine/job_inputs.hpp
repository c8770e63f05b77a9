#pragma once
// The input of a finished data set, to be read again.

#include "quern/base/unit.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/plan/inputs.hpp"

#include <vector>

namespace quern {

/// The job's input as it was when the data set was made. Throws Error{refused} when the job is another one, or its input has other names or sizes.
std::vector<InputFile> inputs_of(const Job& job, const DatasetReader& data);

/// A whole file as a piece. `number`: its row in /files.
Piece whole_file(const InputFile& file, std::uint32_t number);

}  // namespace quern
