#include "quern/filter/rules.hpp"
#include "threshold_rules.hpp"

namespace quern {

Reason judge(const C4Spec& spec, const FilterSubject& subject) { return first_failed(RulesOf<C4Spec>::kRules, spec, subject); }

}  // namespace quern
