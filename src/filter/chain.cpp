#include "quern/filter/chain.hpp"

#include <variant>

namespace quern {

FilterChain::FilterChain(std::span<const FilterSpec> filters) : filters_(prepare_all(filters)) {
  for (const FilterSpec& filter : filters) {
    const FilterNeeds needs = std::visit([](const auto& spec) { return needs_of(spec); }, filter);
    needs_.statistics |= needs.statistics;
    needs_.tokens |= needs.tokens;
  }
}

Reason FilterChain::judge(std::string_view cleaned_text, const DocumentFacts& facts) const {
  static const SignalSet no_signals{{}};
  return judge(cleaned_text, facts, no_signals, {});
}

Reason FilterChain::judge(std::string_view cleaned_text, const DocumentFacts& facts, const SignalSet& signals,
                          std::span<double> out) const {
  // Worth keeping from text to text, and a chain may be shared by threads.
  thread_local TokenPlaces places;
  // Places taken along with statistics are cheaper than by a walk of their own, unless an earlier filter mostly removes the text.
  thread_local bool needed_before = true;
  const FilterNeeds needs{needs_.statistics || signals.needs().statistics, needs_.tokens || signals.needs().tokens};
  const FilterSubject subject(cleaned_text, facts, {needs.statistics, needs.tokens && needed_before}, places);
  const Reason reason = first_failed(subject);
  if (reason == Reason::none && signals.size() != 0) signals.compute(subject, out);
  if (needs.tokens) needed_before = subject.was_asked_for_tokens();
  places.shrink();
  return reason;
}

Reason FilterChain::first_failed(const FilterSubject& subject) const {
  Reason reason = Reason::none;
  for (auto filter = filters_.begin(); filter != filters_.end() && reason == Reason::none; ++filter) {
    reason = std::visit([&](const auto& rules) { return quern::judge(rules, subject); }, *filter);
  }
  return reason;
}

}  // namespace quern
