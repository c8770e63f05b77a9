#pragma once
// One function for each filter: which of its rules, if any, a text fails first. Each is in src/filter/ under its own name.

#include "quern/base/job.hpp"
#include "quern/base/verdict.hpp"
#include "quern/filter/statistics.hpp"

#include <optional>
#include <string_view>

namespace quern {

/// A text under judgement. What several filters ask of it is computed once, when the first asks.
class FilterSubject {
 public:
  explicit FilterSubject(std::string_view text) : text_(text) {}
  std::string_view text() const noexcept { return text_; }
  const TextStatistics& statistics() const {
    if (!statistics_) statistics_ = count_statistics(text_);
    return *statistics_;
  }

 private:
  std::string_view text_;
  mutable std::optional<TextStatistics> statistics_;
};

Reason judge(const LengthSpec& spec, const FilterSubject& subject);
Reason judge(const GopherQualitySpec& spec, const FilterSubject& subject);
Reason judge(const GopherRepetitionSpec& spec, const FilterSubject& subject);

}  // namespace quern
