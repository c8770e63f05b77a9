// The keys of `progress`, `metrics` and `log`.

#include "plan/keys/keys.hpp"

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

}  // namespace

const Section<ProgressSpec>& progress_keys() { return kProgress; }
const Section<MetricsSpec>& metrics_keys() { return kMetrics; }
const Section<LogSpec>& log_keys() { return kLog; }

}  // namespace quern
