#include "gram_rules.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/rules.hpp"

#include <algorithm>

namespace quern {

namespace {

// Its tables are worth keeping from text to text, and a chain may be shared by threads.
RepetitionCounter& counter() {
  thread_local RepetitionCounter counter;
  return counter;
}

}  // namespace

// Not by the table of its rules: bounds tell of most texts that none can fail, without counting what each rule asks.
Reason judge(const GopherRepetitionSpec& spec, const FilterSubject& subject) {
  const Reason reason = counter().judge(spec, subject.text(), subject.tokens());
  if (reason == Reason::none) subject.pass_grams(spec);
  return reason;
}

const RepetitionCounts& FilterSubject::repetition() const {
  if (!repetition_) repetition_ = counter().count(text_, tokens());
  return *repetition_;
}

bool FilterSubject::has_passed_grams(const GopherRepetitionSpec& spec) const {
  return passed_ && std::ranges::all_of(kGopherGrams, [&](auto threshold) { return spec.*threshold >= *passed_.*threshold; });
}

}  // namespace quern
