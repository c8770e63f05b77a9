#include "quern/filter/rules.hpp"
#include "threshold_rules.hpp"

namespace quern {

Reason judge(const FineWebSpec& spec, const FilterSubject& subject) { return first_failed(RulesOf<FineWebSpec>::kRules, spec, subject); }

}  // namespace quern
