#include "quern/filter/rules.hpp"
#include "threshold_rules.hpp"

namespace quern {

Reason judge(const GopherQualitySpec& spec, const FilterSubject& subject) {
  return first_failed(RulesOf<GopherQualitySpec>::kRules, spec, subject);
}

}  // namespace quern
