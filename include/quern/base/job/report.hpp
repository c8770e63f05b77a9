#pragma once
// What a job asks of its report.

#include <cstdint>

namespace quern {

struct ReportSpec {
  std::uint64_t examples = 12;  ///< pairs of a kept document and a removed duplicate whose texts stand in the report; 0: no text at all
};

}  // namespace quern
