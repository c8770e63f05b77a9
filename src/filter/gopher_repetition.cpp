#include "quern/filter/repetition.hpp"
#include "quern/filter/rules.hpp"

namespace quern {

// Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", appendix A.1.1, table A1;
// docs/filters.md says what is counted.
Reason judge(const GopherRepetitionSpec& spec, const FilterSubject& subject) {
  // Its tables are worth keeping from text to text, and a chain may be shared by threads.
  thread_local RepetitionCounter counter;
  return counter.judge(spec, subject.text(), subject.tokens());
}

}  // namespace quern
