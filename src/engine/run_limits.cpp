#include "engine/run_limits.hpp"

#include "engine/run_report.hpp"
#include "quern/base/numbers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace quern {

namespace {

constexpr std::size_t kReasonsNamed = 5;

using NamedCounts = std::vector<std::pair<std::string, LimitedCounts>>;

std::vector<std::uint64_t> sum_of(const std::vector<SourceCounts>& sources) {
  std::vector<std::uint64_t> sum(static_cast<std::size_t>(Reason::count_), 0);
  for (const SourceCounts& source : sources) {
    for (std::size_t r = 0; r < source.by_reason.size(); ++r) sum[r] += source.by_reason[r];
  }
  return sum;
}

NamedCounts named_counts(const std::vector<SourceCounts>& sources, bool with_tokens) {
  NamedCounts counts;
  for (const SourceCounts& source : sources) {
    counts.emplace_back(source.name, limited_counts(source.by_reason));
    if (with_tokens) counts.back().second.tokens = source.tokens;
  }
  return counts;
}

/// "short 120, json 12": the most frequent first.
std::string reasons_text(const std::vector<std::uint64_t>& by_reason) {
  std::vector<std::pair<std::uint64_t, std::size_t>> rows;
  for (std::size_t r = 1; r < by_reason.size(); ++r) {
    if (by_reason[r] > 0) rows.emplace_back(by_reason[r], r);
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kReasonsNamed, rows.size()); ++i) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kReasonNames[rows[i].second], grouped(rows[i].first));
  }
  return text;
}

void say_failure(const std::vector<LimitResult>& results, const std::vector<std::uint64_t>& by_reason) {
  spdlog::error("{}", failure_of(results, reasons_text(by_reason)));
}

bool any_failed(const std::vector<LimitResult>& results) {
  return std::ranges::any_of(results, [](const LimitResult& result) { return result.outcome == LimitOutcome::failed; });
}

void end_if_failed(const std::vector<LimitResult>& results, const std::vector<SourceCounts>& sources, const World& world) {
  if (!any_failed(results)) return;
  if (world.is_root()) say_failure(results, sum_of(sources));
  throw BeyondLimits{};
}

template <class Limits>
void keep_quarantine_alone(Limits& limits) {
  const Limit quarantined = limits.max_quarantined;
  static_cast<CountLimits&>(limits) = {};
  limits.max_quarantined = quarantined;
}

}  // namespace

void check_quarantine_limits(const Records& records, const Job& job, World& world) {
  LimitsSpec limits = job.limits;
  keep_quarantine_alone(limits);
  for (SourceLimits& source : limits.by_source) keep_quarantine_alone(source);
  const std::vector<SourceCounts> sources = counts_by_source(records, world);
  end_if_failed(check_limits(limits, limited_counts(sum_of(sources)), named_counts(sources, false), std::nullopt), sources, world);
}

void check_limits_of_counts(const std::vector<SourceCounts>& sources, const Job& job, const World& world) {
  end_if_failed(check_limits(job.limits, limited_counts(sum_of(sources)), named_counts(sources, false), std::nullopt), sources, world);
}

bool meets_limits(RunReport& report, const Job& job, World& world) {
  bool failed = false;
  if (world.is_root()) {
    LimitedCounts all = limited_counts(report.by_reason);
    all.tokens = report.tokens;
    const double text_bytes = static_cast<double>(report.raw_text_bytes - report.text_bytes_before);
    // Of an attempt that had nothing left to read there is no rate.
    std::optional<std::uint64_t> rate;
    if (text_bytes > 0 && report.wall_s > 0) rate = static_cast<std::uint64_t>(text_bytes / report.wall_s);
    report.limits = check_limits(job.limits, all, named_counts(report.sources, true), rate);
    for (const LimitResult& result : report.limits) {
      if (result.outcome == LimitOutcome::warned) spdlog::warn("{}", to_string(result));
    }
    failed = any_failed(report.limits);
    if (failed) say_failure(report.limits, report.by_reason);
  }
  return world.max(failed ? 1 : 0) == 0;
}

}  // namespace quern
