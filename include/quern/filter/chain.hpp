#pragma once
// The filters of a job, in the order listed.
//
// To add a filter:
//   1. its thresholds as a struct in base/job.hpp, and that struct in FilterSpec;
//   2. its reasons, one for each rule, at the end of base/verdict.hpp;
//   3. its keys where plan/ reads the job file;
//   4. src/filter/<name>.cpp with `Reason judge(const <Name>Spec&, const FilterSubject&)`, declared in filter/rules.hpp together with
//      what it needs of a text, and its rules in docs/filters.md.
// A filter with files (a list, a model) is a class made once: `<Name> prepare(const <Name>Spec&)` beside it, and judge() takes a <Name>.

#include "quern/base/job.hpp"
#include "quern/base/prepared.hpp"
#include "quern/base/verdict.hpp"
#include "quern/filter/rules.hpp"
#include "quern/filter/signals.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace quern {

class FilterChain {
 public:
  /// Reads the files that filters name. Throws Error where that cannot be done.
  explicit FilterChain(std::span<const FilterSpec> filters);

  /// The reason of the first rule, in listed order, that the text does not pass; Reason::none: it stays.
  /// @param cleaned_text valid UTF-8
  Reason judge(std::string_view cleaned_text, const DocumentFacts& facts = {}) const;

  /// The same, and of a text that stays its signals. What rules have counted is not counted again.
  /// @param out signals.size() values; written to only where Reason::none is returned
  Reason judge(std::string_view cleaned_text, const DocumentFacts& facts, const SignalSet& signals, std::span<double> out) const;

 private:
  Reason first_failed(const FilterSubject& subject) const;

  std::vector<Prepared<FilterSpec>> filters_;
  FilterNeeds needs_;
};

}  // namespace quern
