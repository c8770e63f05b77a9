// The keys of `progress`, `metrics`, `log` and `limits`.

#include "plan/keys/keys.hpp"
#include "plan/schema_words.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kDay = 86'400;

const Section<ProgressSpec> kProgress = {
    {"show", choice(&ProgressSpec::show, {{"auto", ShowProgress::automatic}, {"terminal", ShowProgress::terminal},
                                          {"lines", ShowProgress::lines}, {"none", ShowProgress::none}})},
    {"every_seconds", count(&ProgressSpec::every_seconds, 1, kDay)},
};

const Section<MetricsSpec> kMetrics = {
    {"path", required(path(&MetricsSpec::path))},
    {"every_seconds", count(&MetricsSpec::every_seconds, 1, kDay)},
    {"run", text(&MetricsSpec::run)},
};

const Section<LogSpec> kLog = {
    {"folder", required(path(&LogSpec::folder))},
    {"level", choice(&LogSpec::level, {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warn", LogLevel::warn}, {"error", LogLevel::error}})},
    {"max_bytes", bytes(&LogSpec::max_bytes, 4096, 1ull << 40)},
    {"files", count(&LogSpec::files, 1, 1000)},
};

// ---- limits ----

using Bound = std::optional<std::uint64_t>;
using ReadBound = std::function<std::uint64_t(const JobValue&)>;

void read_bounds(Limit& limit, const JobValue& value, const ReadBound& read) {
  limit = {};
  if (value.kind != JobValue::Kind::map) {
    limit.plain = read(value);
    return;
  }
  for (const JobValue& child : value.children) {
    if (child.key != "warn" && child.key != "fail") fail_unknown(child, "unknown key", child.path, {"warn", "fail"});
    (child.key == "warn" ? limit.warn : limit.fail) = read(child);
  }
  if (!limit.warn && !limit.fail) fail_at(value, "a number, or {warn: …, fail: …} with at least one of them, is expected");
}

/// A number, or {warn: …, fail: …}; `number` is the schema of one.
template <class S>
Kind<S> limit(Limit S::*member, ReadBound read, const std::string& number) {
  return {[member, read](S& to, const JobValue& value, const std::string&) { read_bounds(to.*member, value, read); }, nullptr,
          [number](const std::string& key_path) {
            const auto bound = [&](const char* name) { return schema_of_key(number, key_path + name, {}); };
            return schema_of_either({number, schema_of_map({{"warn", bound(".warn")}, {"fail", bound(".fail")}}, {})});
          }};
}

const std::string& share_schema() {
  static const std::string schema = schema_of_ratio(0, kMillion);
  return schema;
}

const std::string& count_schema() {
  static const std::string schema = schema_of_count(0, UINT64_MAX);
  return schema;
}

std::uint64_t read_share(const JobValue& value) {
  const std::uint64_t ppm = read_millionths(value);
  check_bounds(value, ppm, 0, kMillion, millionths_text);
  return ppm;
}

/// The same for the whole corpus and for a source.
template <class S>
Section<S> limits_of_counts() {
  return {
      {"max_removed", limit<S>(&S::max_removed, read_share, share_schema())},
      {"max_quarantined", limit<S>(&S::max_quarantined, read_share, share_schema())},
      {"max_duplicates", limit<S>(&S::max_duplicates, read_share, share_schema())},
      {"min_documents", limit<S>(&S::min_documents, read_count, count_schema())},
      {"min_tokens", limit<S>(&S::min_tokens, read_count, count_schema())},
  };
}

Section<SourceLimits> source_limits() {
  Section<SourceLimits> section = limits_of_counts<SourceLimits>();
  section.push_back({"source", required(text(&SourceLimits::source))});
  return section;
}

const Section<SourceLimits> kSourceLimits = source_limits();

Section<LimitsSpec> all_limits() {
  Section<LimitsSpec> section = limits_of_counts<LimitsSpec>();
  section.push_back({"min_mb_per_s", limit<LimitsSpec>(&LimitsSpec::min_mb_per_s, read_millionths, schema_of_ratio(0, UINT64_MAX))});
  section.push_back({"by_source", list_of_sections(&LimitsSpec::by_source, kSourceLimits)});
  section.push_back({"action", choice(&LimitsSpec::action, {{"fail", LimitAction::fail}, {"warn", LimitAction::warn}})});
  return section;
}

const Section<LimitsSpec> kLimits = all_limits();

}  // namespace

const Section<ProgressSpec>& progress_keys() { return kProgress; }
const Section<MetricsSpec>& metrics_keys() { return kMetrics; }
const Section<LogSpec>& log_keys() { return kLog; }
const Section<LimitsSpec>& limits_keys() { return kLimits; }

}  // namespace quern
