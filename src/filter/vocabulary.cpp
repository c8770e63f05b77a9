#include "quern/filter/rules.hpp"
#include "term_set.hpp"

namespace quern {

Vocabulary prepare(const VocabularySpec& spec) { return {std::make_shared<TermSet>(spec.terms), spec}; }

Reason judge(const Vocabulary& vocabulary, const FilterSubject& subject) {
  const TermCounts counts = vocabulary.terms->count(subject.text());
  if (counts.terms < vocabulary.spec.min_terms) return Reason::vocabulary_terms_min;
  if (counts.compare_density(vocabulary.spec.min_per_1000_words_ppm) < 0) return Reason::vocabulary_density_min;
  return counts.compare_density(vocabulary.spec.max_per_1000_words_ppm) > 0 ? Reason::vocabulary_density_max : Reason::none;
}

}  // namespace quern
