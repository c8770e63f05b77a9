#include "quern/report/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quern {

namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// A label's value: any text without NUL; these three are escaped.
std::string escaped(std::string_view text) {
  std::string to;
  for (const char c : text) {
    if (c == '\\' || c == '"') to += '\\';
    if (c == '\n') to += "\\n";
    else to += c;
  }
  return to;
}

/// Families one after the other, each with its two lines of comment; every sample names the run.
class Text {
 public:
  explicit Text(const std::string& run) : run_(escaped(run)) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  void sample(std::string_view value, const Labels& labels = {}) {
    text_ += fmt::format("{}{{run=\"{}\"", name_, run_);
    for (const auto& [label, of] : labels) text_ += fmt::format(",{}=\"{}\"", label, escaped(of));
    text_ += fmt::format("}} {}\n", value);
  }
  void sample(std::uint64_t value, const Labels& labels = {}) { sample(std::string_view(std::to_string(value)), labels); }
  void seconds(double value, const Labels& labels = {}) { sample(std::string_view(fmt::format("{:.3f}", value)), labels); }

  std::string take() { return std::move(text_); }

 private:
  std::string run_, text_;
  std::string_view name_;
};

constexpr std::array<std::string_view, 4> kStateNames = {"running", "done", "stopped", "failed"};

void add_run(const RunMetrics& run, Text& text) {
  text.family("quern_run_info", "gauge", "The run that the other metrics are about; always 1.");
  text.sample(1, {{"version", run.version}, {"plan_digest", run.plan_digest}, {"output", run.output}});
  text.family("quern_run_state", "gauge", "1 for the state that the run is in.");
  for (std::size_t s = 0; s < kStateNames.size(); ++s) {
    text.sample(std::uint64_t{static_cast<std::size_t>(run.state) == s}, {{"state", std::string(kStateNames[s])}});
  }
  text.family("quern_run_start_timestamp_seconds", "gauge", "When this attempt began.");
  text.seconds(run.started_s);
  text.family("quern_last_update_timestamp_seconds", "gauge", "When these metrics were written.");
  text.seconds(run.updated_s);
  text.family("quern_run_ranks", "gauge", "Processes of the run.");
  text.sample(run.ranks.size());
}

void add_step(const RunMetrics& run, Text& text) {
  text.family("quern_step_active", "gauge", "1 for the step at hand.");
  for (const auto& [stage, seconds] : run.stage_seconds) text.sample(std::uint64_t{stage == run.stage && run.state == RunState::running}, {{"step", std::string(name(stage))}});
  text.family("quern_step_duration_seconds", "gauge", "Time that rank 0 has spent in a step so far.");
  for (const auto& [stage, seconds] : run.stage_seconds) text.seconds(seconds, {{"step", std::string(name(stage))}});
  if (run.state != RunState::running) return;
  const Labels step = {{"step", std::string(name(run.stage))}};
  if (run.total > 0) {
    text.family("quern_step_progress_ratio", "gauge", "Part of the step at hand that is done, all ranks.");
    text.sample(fmt::format("{:.6f}", std::min(1.0, static_cast<double>(run.done) / static_cast<double>(run.total))), step);
  }
  text.family("quern_step_documents", "gauge", "Documents gone through in the step at hand, all ranks.");
  text.sample(run.documents, step);
  text.family("quern_step_rounds", "gauge", "Rounds over all ranks in the step at hand.");
  text.sample(run.rounds, step);
}

std::uint64_t sum_of(const RunMetrics& run, bool quarantine) {
  std::uint64_t sum = 0;
  for (std::size_t r = 1; r < run.by_reason.size(); ++r) sum += is_quarantine(static_cast<Reason>(r)) == quarantine ? run.by_reason[r] : 0;
  return sum;
}

void add_reasons(const RunMetrics& run, bool quarantine, Text& text) {
  for (std::size_t r = 1; r < run.by_reason.size(); ++r) {
    const auto reason = static_cast<Reason>(r);
    if (run.by_reason[r] > 0 && is_quarantine(reason) == quarantine) text.sample(run.by_reason[r], {{"reason", std::string(name(reason))}});
  }
}

void add_records(const RunMetrics& run, Text& text) {
  const std::uint64_t removed = sum_of(run, false), quarantined = sum_of(run, true), kept = run.by_reason.empty() ? 0 : run.by_reason[0];
  text.family("quern_records_total", "counter", "Input records judged so far.");
  text.sample(kept + removed + quarantined);
  text.family("quern_kept_records", "gauge", "Of these, neither removed nor quarantined so far.");
  text.sample(kept);
  text.family("quern_removed_records_total", "counter", "Of these, removed.");
  text.sample(removed);
  text.family("quern_quarantined_records_total", "counter", "Of these, quarantined: they could not be taken in.");
  text.sample(quarantined);
  if (removed > 0) {
    text.family("quern_removed_records_by_reason_total", "counter", "Removed records by reason.");
    add_reasons(run, false, text);
  }
  if (quarantined > 0) {
    text.family("quern_quarantined_records_by_reason_total", "counter", "Quarantined records by reason.");
    add_reasons(run, true, text);
  }
  text.family("quern_text_bytes_total", "counter", "Text that the map of this attempt has read.");
  text.sample(run.text_bytes);
}

template <class Row, class Value>
void add_family(std::string_view name, std::string_view type, std::string_view help, const std::vector<Row>& rows, Value value, Text& text) {
  if (rows.empty()) return;
  text.family(name, type, help);
  for (std::size_t i = 0; i < rows.size(); ++i) value(i, rows[i]);
}

Labels of_rank(std::size_t rank) { return {{"rank", std::to_string(rank)}}; }

void add_steps_of_ranks(const RunMetrics& run, Text& text) {
  add_family("quern_rank_step_done", "gauge", "Work of the step at hand that a rank has done: bytes in the map, documents in the others.", run.ranks,
             [&](std::size_t r, const RankMetrics& rank) { text.sample(rank.done, of_rank(r)); }, text);
  add_family("quern_rank_step_text_bytes", "gauge", "Text that a rank has gone through in the step at hand.", run.ranks,
             [&](std::size_t r, const RankMetrics& rank) { text.sample(rank.bytes, of_rank(r)); }, text);
}

void add_ranks(const RunMetrics& run, Text& text) {
  if (run.state == RunState::running) add_steps_of_ranks(run, text);
  add_family("quern_rank_heartbeats_total", "counter", "Signs of life of the thread that works.", run.ranks,
             [&](std::size_t r, const RankMetrics& rank) { text.sample(rank.beats, of_rank(r)); }, text);
}

void add_sources(const RunMetrics& run, Text& text) {
  const auto add = [&](std::string_view name, std::string_view help, std::uint64_t SourceMetrics::*member) {
    add_family(name, "gauge", help, run.sources, [&](std::size_t, const SourceMetrics& of) { text.sample(of.*member, {{"source", of.source}}); }, text);
  };
  add("quern_source_records", "Input records of a source.", &SourceMetrics::records);
  add("quern_source_kept_records", "Of these, kept.", &SourceMetrics::kept);
  add("quern_source_removed_records", "Of these, removed.", &SourceMetrics::removed);
  add("quern_source_quarantined_records", "Of these, quarantined.", &SourceMetrics::quarantined);
}

void add_end(const RunMetrics& run, Text& text) {
  if (!run.complete) return;
  text.family("quern_tokens", "gauge", "Tokens of the data set.");
  text.sample(run.tokens);
  add_family("quern_limit_state", "gauge", "A limit of the job: 0 met, 1 warned, 2 failed.", run.limits,
             [&](std::size_t, const LimitResult& limit) { text.sample(static_cast<std::uint64_t>(limit.outcome), {{"limit", limit.key}}); }, text);
}

}  // namespace

std::string metrics_text(const RunMetrics& run) {
  Text text(run.run);
  add_run(run, text);
  add_step(run, text);
  add_records(run, text);
  add_ranks(run, text);
  add_sources(run, text);
  add_end(run, text);
  return text.take();
}

}  // namespace quern
