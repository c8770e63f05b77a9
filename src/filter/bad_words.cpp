#include "quern/filter/rules.hpp"
#include "term_set.hpp"

namespace quern {

BadWords prepare(const BadWordsSpec& spec) { return {std::make_shared<TermSet>(spec.words), spec}; }

Reason judge(const BadWords& bad, const FilterSubject& subject) {
  const TermCounts counts = bad.words->count(subject.text());
  if (counts.hits > bad.spec.max_count) return Reason::bad_words_count;
  return counts.compare_density(bad.spec.max_per_1000_words_ppm) > 0 ? Reason::bad_words_density : Reason::none;
}

}  // namespace quern
