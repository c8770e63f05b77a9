#include "gram_rules.hpp"
#include "quern/filter/rules.hpp"
#include "threshold_rules.hpp"

#include <cstddef>
#include <span>

namespace quern {

namespace {

constexpr std::span kAll = RulesOf<NemoSpec>::kRules;
constexpr std::size_t kGramRules = kNemoGrams.size();
static_assert(kAll[kAll.size() - kGramRules].reason == Reason::nemo_top_2_gram);
static_assert(static_cast<std::size_t>(Reason::nemo_duplicate_10_grams) - static_cast<std::size_t>(Reason::nemo_top_2_gram) + 1 ==
              kGramRules);

/// Its rules on n-grams as those of the filter that has a fast way to judge by them.
GopherRepetitionSpec gram_rules_of(const NemoSpec& spec) {
  GopherRepetitionSpec grams{.max_duplicate_lines_ppm = kNoMost,
                             .max_duplicate_paragraphs_ppm = kNoMost,
                             .max_duplicate_line_chars_ppm = kNoMost,
                             .max_duplicate_paragraph_chars_ppm = kNoMost};
  for (std::size_t i = 0; i < kGramRules; ++i) grams.*kGopherGrams[i] = spec.*kNemoGrams[i];
  return grams;
}

}  // namespace

Reason judge(const NemoSpec& spec, const FilterSubject& subject) {
  const Reason reason = first_failed(kAll.first(kAll.size() - kGramRules), spec, subject);
  if (reason != Reason::none) return reason;
  const GopherRepetitionSpec grams = gram_rules_of(spec);
  if (subject.has_passed_grams(grams)) return Reason::none;
  const Reason failed = judge(grams, subject);
  if (failed == Reason::none) return failed;
  return static_cast<Reason>(static_cast<std::size_t>(Reason::nemo_top_2_gram) + static_cast<std::size_t>(failed) -
                             static_cast<std::size_t>(Reason::gopher_top_2_gram));
}

}  // namespace quern
