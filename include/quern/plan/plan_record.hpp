#pragma once
// What a work folder remembers of the plan it was begun with, so that another job or another input is not mixed in.

#include "quern/base/hash.hpp"
#include "quern/plan/inputs.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct PlanRecord {
  std::string job;               ///< canonical_job_json
  std::string algorithms;        ///< kAlgorithms and the Unicode version
  std::string tokenizer_digest;  ///< hexadecimal; of a ready vocabulary
  std::uint64_t unit_bytes = 0;  ///< units are cut by these two: the same cut is used again whatever the number of ranks then
  std::uint64_t ranks = 0;
  std::uint64_t units = 0;       ///< how many they are then
  std::string spool_key;         ///< fingerprint of the key that the spool is encrypted with; empty: it is not. Compared by who has the key
  std::vector<InputFile> files;  ///< their paths are not recorded: a corpus may move
};

std::string to_json(const PlanRecord& record);

/// Throws Error{store} for anything that to_json did not make.
PlanRecord plan_record_from_json(std::string_view json);

/// What was changed, a line each that says what it was and what it is; empty when the same output comes of both. Times do not count.
std::vector<std::string> differences(const PlanRecord& before, const PlanRecord& now);

/// Numbers of the files that have another time now and the same size: only their content can tell whether they were changed.
/// For records without differences.
std::vector<std::uint32_t> changed_times(const PlanRecord& before, const PlanRecord& now);

}  // namespace quern
