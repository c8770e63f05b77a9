#include "quern/filter/stored_rules.hpp"

#include "quern/base/error.hpp"
#include "threshold_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <variant>

namespace quern {

namespace {

template <class Spec>
concept HasRules = requires { RulesOf<Spec>::kRules; };

[[noreturn]] void fail_on_text() {
  fail(ErrorKind::plan, "a filter that looks at the text or its address cannot be applied to stored signals: only length, "
                        "gopher_quality, gopher_repetition, c4, fineweb, nemo and quantile can; run the job again for others");
}

template <class Spec>
std::vector<Signal> needed_by(const Spec& spec) {
  std::vector<Signal> needed;
  if constexpr (HasRules<Spec>) {
    for (const Rule<Spec>& rule : RulesOf<Spec>::kRules) {
      if (!rule.is_off(spec) && std::ranges::find(needed, rule.signal) == needed.end()) needed.push_back(rule.signal);
    }
  } else if constexpr (std::is_same_v<Spec, QuantileSpec>) {
    if (spec.signal) needed.push_back(*spec.signal);
  } else {
    fail_on_text();
  }
  return needed;
}

template <class Spec>
Reason judge_by(const Spec& spec, const StoredSignals& stored) {
  if constexpr (HasRules<Spec>) {
    for (const Rule<Spec>& rule : RulesOf<Spec>::kRules) {
      if (rule.is_off(spec)) continue;
      const std::optional<double> value = stored(rule.signal);
      if (!value) fail(ErrorKind::plan, "the signal '{}' is not in the data set: keep it with the key 'signals'", name(rule.signal));
      if (rule.fails_on(spec, *value)) return rule.reason;
    }
  } else if constexpr (!std::is_same_v<Spec, QuantileSpec>) {
    fail_on_text();
  }
  return Reason::none;
}

}  // namespace

bool judges_by_signals(const FilterSpec& filter) {
  return std::visit([]<class Spec>(const Spec&) { return HasRules<Spec> || std::is_same_v<Spec, QuantileSpec>; }, filter);
}

std::vector<Signal> signals_needed(const FilterSpec& filter) {
  return std::visit([](const auto& spec) { return needed_by(spec); }, filter);
}

void check_stored(std::span<const FilterSpec> filters, std::span<const Signal> stored) {
  std::vector<std::string_view> missing;
  for (const FilterSpec& filter : filters) {
    for (const Signal signal : signals_needed(filter)) {
      const bool there = std::ranges::find(stored, signal) != stored.end();
      if (!there && std::ranges::find(missing, name(signal)) == missing.end()) missing.push_back(name(signal));
    }
  }
  if (missing.empty()) return;
  fail(ErrorKind::plan, "the filters need signals that the data set has not kept: make it again with signals: [{}]",
       fmt::join(missing, ", "));
}

Reason judge_stored(const FilterSpec& filter, const StoredSignals& stored) {
  return std::visit([&](const auto& spec) { return judge_by(spec, stored); }, filter);
}

}  // namespace quern
