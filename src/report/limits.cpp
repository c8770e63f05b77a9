#include "quern/report/limits.hpp"

#include "quern/base/numbers.hpp"
#include "quern/base/verdict.hpp"
#include "quern/base/wide.hpp"
#include "quern/report/letters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

std::string millionths(std::uint64_t n) {
  std::string text = fmt::format("{}.{:06}", n / kMillion, n % kMillion);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// The part of one limit that decides, and how it came out.
struct Judged {
  LimitOutcome outcome = LimitOutcome::met;
  std::uint64_t bound = 0;
};

/// The strictest bound that is not met; else the first one that is there.
template <class Exceeds>
Judged judge(const Limit& limit, LimitAction action, Exceeds exceeds) {
  const auto failing = limit.fail ? limit.fail : (action == LimitAction::fail ? limit.plain : std::nullopt);
  const auto warning = limit.warn ? limit.warn : (action == LimitAction::warn ? limit.plain : std::nullopt);
  if (failing && exceeds(*failing)) return {LimitOutcome::failed, *failing};
  if (warning && exceeds(*warning)) return {LimitOutcome::warned, *warning};
  return {LimitOutcome::met, warning.value_or(failing.value_or(0))};
}

bool is_set(const Limit& limit) { return limit.plain || limit.warn || limit.fail; }

class Checker {
 public:
  Checker(std::string prefix, LimitAction action, std::vector<LimitResult>& results) : prefix_(std::move(prefix)), action_(action), results_(results) {}

  void check_share(const Limit& limit, const char* key, std::uint64_t part, std::uint64_t all, const char* what) {
    if (!is_set(limit)) return;
    const Judged judged = judge(limit, action_, [&](std::uint64_t ppm) { return static_cast<Uint128>(part) * kMillion > static_cast<Uint128>(all) * ppm; });
    const std::uint64_t share = all == 0 ? 0 : static_cast<std::uint64_t>(static_cast<Uint128>(part) * kMillion / all);
    add(key, fmt::format("{} of {} records ({}) are {}", grouped(part), grouped(all), millionths(share), what),
        fmt::format("at most {}", millionths(judged.bound)), judged.outcome);
  }

  void check_least(const Limit& limit, const char* key, std::optional<std::uint64_t> count, const char* what) {
    if (!is_set(limit) || !count) return;
    const Judged judged = judge(limit, action_, [&](std::uint64_t least) { return *count < least; });
    add(key, fmt::format("{} {}", grouped(*count), what), fmt::format("at least {}", grouped(judged.bound)), judged.outcome);
  }

  void check_rate(const Limit& limit, std::optional<std::uint64_t> bytes_per_s) {
    if (!is_set(limit) || !bytes_per_s) return;
    const Judged judged = judge(limit, action_, [&](std::uint64_t least) { return *bytes_per_s < least; });
    add("min_mb_per_s", fmt::format("{} MB of text a second", millionths(*bytes_per_s)), fmt::format("at least {}", millionths(judged.bound)), judged.outcome);
  }

  void check_counts(const CountLimits& limits, const LimitedCounts& counts) {
    check_share(limits.max_removed, "max_removed", counts.removed, counts.records, "removed");
    check_share(limits.max_quarantined, "max_quarantined", counts.quarantined, counts.records, "quarantined");
    check_share(limits.max_duplicates, "max_duplicates", counts.duplicates, counts.records, "duplicates");
    check_least(limits.min_documents, "min_documents", counts.documents, "documents are kept");
    check_least(limits.min_tokens, "min_tokens", counts.tokens, "tokens are kept");
  }

 private:
  void add(const char* key, std::string about, std::string bound, LimitOutcome outcome) {
    results_.push_back({prefix_ + key, std::move(about), std::move(bound), outcome});
  }

  std::string prefix_;
  LimitAction action_;
  std::vector<LimitResult>& results_;
};

}  // namespace

LimitedCounts limited_counts(const std::vector<std::uint64_t>& by_reason) {
  LimitedCounts counts;
  for (std::size_t r = 0; r < by_reason.size(); ++r) {
    const auto reason = static_cast<Reason>(r);
    counts.records += by_reason[r];
    if (reason == Reason::none) continue;
    (is_quarantine(reason) ? counts.quarantined : counts.removed) += by_reason[r];
    if (reason == Reason::exact || reason == Reason::near) counts.duplicates += by_reason[r];
  }
  counts.documents = by_reason.at(0);
  return counts;
}

std::vector<LimitResult> check_limits(const LimitsSpec& limits, const LimitedCounts& all,
                                      const std::vector<std::pair<std::string, LimitedCounts>>& sources, std::optional<std::uint64_t> bytes_per_s) {
  std::vector<LimitResult> results;
  Checker whole("limits.", limits.action, results);
  whole.check_counts(limits, all);
  whole.check_rate(limits.min_mb_per_s, bytes_per_s);
  for (std::size_t i = 0; i < limits.by_source.size(); ++i) {
    const SourceLimits& of_source = limits.by_source[i];
    const auto found = std::ranges::find(sources, of_source.source, &std::pair<std::string, LimitedCounts>::first);
    LimitedCounts counts;
    counts.documents = 0;
    if (all.tokens) counts.tokens = 0;
    if (found != sources.end()) counts = found->second;
    const std::size_t first = results.size();
    Checker(fmt::format("limits.by_source.{}.", i), limits.action, results).check_counts(of_source, counts);
    for (std::size_t r = first; r < results.size(); ++r) results[r].about = fmt::format("source '{}': {}", shown(of_source.source), results[r].about);
  }
  return results;
}

std::string to_string(const LimitResult& result) { return fmt::format("{}: {}; {} is asked", result.key, result.about, result.bound); }

std::string failure_of(const std::vector<LimitResult>& results, const std::string& reasons) {
  std::string failed;
  for (const LimitResult& result : results) {
    if (result.outcome == LimitOutcome::failed) failed += "\n  " + to_string(result);
  }
  if (failed.empty()) return {};
  if (!reasons.empty()) failed += "\n  most frequent reasons: " + reasons;
  return "the data set is beyond a limit of the job and is not published:" + failed +
         "\n  where that is as it should be, set another limit in the job or by --set: the same command goes on, and nothing is computed again";
}

}  // namespace quern
