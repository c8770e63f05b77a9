#include "quern/filter/rules.hpp"
#include "threshold_rules.hpp"

namespace quern {

Reason judge(const LengthSpec& spec, const FilterSubject& subject) { return first_failed(RulesOf<LengthSpec>::kRules, spec, subject); }

}  // namespace quern
