#pragma once
// Evaluation sets as they lie on disk: JSON lines, plain, gzip or zstd.

#include "quern/base/job/contamination.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace quern {

/// What one line of a set holds.
struct EvaluationLine {
  std::uint64_t number = 0;                                     ///< from 1
  std::string id;                                               ///< empty: none
  const std::vector<std::vector<std::string>>* texts = nullptr; ///< [fields]
};

/// The lines of a set that are this rank's: number % ranks == rank, blank lines left out. Returns the number of lines of the whole file.
/// Throws Error{plan} naming file and line: damage, a changed file, a line that is no object or longer than 256 MiB, a field of another type.
std::uint64_t read_evaluation_set(const EvaluationSet& set, std::uint64_t rank, std::uint64_t ranks,
                                  const std::function<void(const EvaluationLine&)>& take);

}  // namespace quern
