#pragma once

#include "plan/section.hpp"
#include "quern/base/job/pii.hpp"

namespace quern {

/// The keys of the step `pii`.
const Section<PiiSpec>& pii_keys();

}  // namespace quern
