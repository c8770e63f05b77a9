#include "quern/report/report.hpp"

#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/report/letters.hpp"
#include "quern/store/file.hpp"
#include "report/figures_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <numeric>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

/// 10^6 bytes of text that this attempt has read.
double text_mb(const RunReport& report) { return static_cast<double>(report.raw_text_bytes - report.text_bytes_before) / 1e6; }

double text_rate(const RunReport& report) { return report.wall_s > 0 ? text_mb(report) / report.wall_s : 0; }

double total_cpu(const RunReport& report) {
  double total = 0;
  for (const StepTime& step : report.steps) total += std::accumulate(step.cpu_s.begin(), step.cpu_s.end(), 0.0);
  return total;
}

double cpu_rate(const RunReport& report) { return total_cpu(report) > 0 ? text_mb(report) / total_cpu(report) : 0; }

bool quarantines(std::size_t reason) { return is_quarantine(static_cast<Reason>(reason)); }

std::string rows_of(const RunReport& report, bool quarantine) {
  std::vector<std::pair<std::uint64_t, std::size_t>> rows;
  for (std::size_t r = 1; r < report.by_reason.size(); ++r) {
    if (report.by_reason[r] > 0 && quarantines(r) == quarantine) rows.emplace_back(report.by_reason[r], r);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::string lines;
  for (const auto& [count, reason] : rows) lines += fmt::format("    {:<24} {:>16}\n", kReasonNames[reason], grouped(count));
  return lines;
}

Json reasons_json(const std::vector<std::uint64_t>& by_reason) {
  Json reasons = Json::object();
  for (std::size_t r = 1; r < by_reason.size(); ++r) {
    if (by_reason[r] > 0) reasons[std::string(kReasonNames[r])] = by_reason[r];
  }
  return reasons;
}

Json sources_json(const std::vector<SourceCounts>& all) {
  Json sources = Json::array();
  for (const SourceCounts& source : all) {
    sources.push_back({{"name", source.name}, {"records", std::accumulate(source.by_reason.begin(), source.by_reason.end(), std::uint64_t{0})},
                       {"kept", source.by_reason.at(0)}, {"documents", source.documents}, {"text_bytes", source.text_bytes}, {"tokens", source.tokens},
                       {"by_reason", reasons_json(source.by_reason)}});
  }
  return sources;
}

/// What steps found that removes no document by itself.
std::string found_rows(const RunReport& report) {
  std::string lines;
  const auto add = [&](std::string_view what, std::uint64_t n) {
    if (n > 0) lines += fmt::format("  {:<26} {:>16}\n", what, grouped(n));
  };
  std::uint64_t pii = 0;
  for (const auto& [kind, n] : report.pii) pii += n;
  add("personal data found", pii);
  add("with repeated lines", report.documents_with_repeats);
  add("with evaluation items", report.documents_with_contamination);
  return lines;
}

/// The sources with most records, where there are several.
std::string source_rows(const RunReport& report) {
  constexpr std::size_t kMost = 20;
  if (report.sources.size() < 2) return {};
  const auto records = [](const SourceCounts& source) { return std::accumulate(source.by_reason.begin(), source.by_reason.end(), std::uint64_t{0}); };
  std::vector<const SourceCounts*> order;
  for (const SourceCounts& source : report.sources) order.push_back(&source);
  std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) { return records(*a) > records(*b); });
  std::string lines = fmt::format("\n  {:<32} {:>13} {:>13} {:>13} {:>15}  most removed for\n", "source", "in", "kept", "duplicates", "tokens");
  for (std::size_t i = 0; i < std::min(kMost, order.size()); ++i) {
    const std::vector<std::uint64_t>& by_reason = order[i]->by_reason;
    const std::uint64_t duplicates = by_reason[static_cast<std::size_t>(Reason::exact)] + by_reason[static_cast<std::size_t>(Reason::near)];
    const auto most = std::max_element(by_reason.begin() + 1, by_reason.end());
    lines += fmt::format("  {:<32} {:>13} {:>13} {:>13} {:>15}  {}\n", order[i]->name.empty() ? "(no name)" : shown(order[i]->name), grouped(records(*order[i])),
                         grouped(by_reason[0]), grouped(duplicates), grouped(order[i]->tokens),
                         *most == 0 ? "" : kReasonNames[static_cast<std::size_t>(most - by_reason.begin())]);
  }
  if (order.size() > kMost) lines += fmt::format("  and {} more, in report.json\n", grouped(order.size() - kMost));
  return lines;
}

/// Bytes of cleaned text of all records, by what became of them.
Json text_bytes_json(const std::vector<std::uint64_t>& by_reason) { return {{"kept", by_reason.at(0)}, {"by_reason", reasons_json(by_reason)}}; }

Json excerpt_json(const Excerpt& excerpt) {
  return {{"name", excerpt.name}, {"source", excerpt.source}, {"bytes", excerpt.bytes}, {"begin", excerpt.begin}, {"text", excerpt.text}};
}

Json example_json(const DuplicateExample& example) {
  const Similarity& similarity = example.similarity;
  return {{"reason", name(example.reason)},
          {"similarity", similarity.denominator == 0 ? std::string() : fmt::format("{:.4f}", double{1} * similarity.numerator / similarity.denominator)},
          {"numerator", similarity.numerator},
          {"denominator", similarity.denominator},
          {"cluster_size", example.cluster_size},
          {"kept", excerpt_json(example.kept)},
          {"removed", excerpt_json(example.removed)}};
}

Json pairs_json(const std::vector<std::pair<std::string, std::uint64_t>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

constexpr std::array<std::string_view, 3> kOutcomes = {"met", "warned", "failed"};

Json limits_json(const RunReport& report) {
  Json limits = Json::array();
  for (const LimitResult& limit : report.limits) {
    limits.push_back({{"limit", limit.key}, {"outcome", kOutcomes[static_cast<std::size_t>(limit.outcome)]}, {"found", limit.about}, {"asked", limit.bound}});
  }
  return limits;
}

std::string limit_rows(const RunReport& report) {
  std::string lines;
  for (const LimitResult& limit : report.limits) {
    lines += fmt::format("  limit {}: {} (asked: {}; {})\n", kOutcomes[static_cast<std::size_t>(limit.outcome)], limit.key, limit.bound, limit.about);
  }
  return lines;
}

Json steps_json(const RunReport& report) {
  Json steps = Json::array();
  for (const StepTime& step : report.steps) {
    steps.push_back({{"name", step.name}, {"wall_s", step.wall_s}, {"cpu_s_by_rank", step.cpu_s}, {"busy_s_by_rank", step.busy_s},
                     {"waited_s_by_rank", step.waited_s}});
  }
  return steps;
}

std::uint64_t passed_over(const RunReport& report) {
  std::uint64_t sum = 0;
  for (const auto& [kind, records] : report.passed_over) sum += records;
  return sum;
}

/// What to do about a rule that took most of the records.
std::string_view remedy(Reason reason) {
  switch (reason) {
    case Reason::field: return "is the text in another field (text_field)? `quern quarantine JOB.yaml | head` says what is wrong with each";
    case Reason::json: return "is it JSON lines (format)? `quern quarantine JOB.yaml | head` says what is wrong with each";
    case Reason::exact:
    case Reason::near: return "`quern ledger OUT` says of which document each is a copy";
    case Reason::language: return "`quern classify JOB.yaml | head` says which language each is in";
    default:
      return quarantines(static_cast<std::size_t>(reason)) ? "`quern quarantine JOB.yaml | head` says what is wrong with each"
                                                           : "docs/filters.md says what it asks for";
  }
}

/// What a reader of the table should not overlook.
std::string remarks(const RunReport& report) {
  std::string lines;
  for (std::size_t r = 1; r < report.by_reason.size(); ++r) {
    if (report.by_reason[r] * 2 <= report.records) continue;
    lines += fmt::format("  note: {} took {} % of the records: is that meant? {}\n", kReasonNames[r], report.by_reason[r] * 100 / report.records,
                         remedy(static_cast<Reason>(r)));
  }
  if (report.records == 0) lines += "  note: the input holds no records: its files are empty\n";
  if (report.records > 0 && report.kept == 0) lines += "  note: no document is left\n";
  if (report.vocab_size < report.vocab_size_asked) {
    lines += fmt::format("  note: the vocabulary has {} tokens, not {}: no pair of tokens is left that occurs min_frequency times\n",
                         grouped(report.vocab_size), grouped(report.vocab_size_asked));
  }
  return lines;
}

}  // namespace

void check_counts(const RunReport& report) {
  const std::uint64_t by_verdict = report.kept + report.removed + report.quarantined;
  const std::uint64_t by_reason = std::accumulate(report.by_reason.begin(), report.by_reason.end(), std::uint64_t{0});
  std::uint64_t quarantined = 0;
  for (std::size_t r = 0; r < report.by_reason.size(); ++r) quarantined += quarantines(r) ? report.by_reason[r] : 0;
  if (by_verdict != report.records || by_reason != report.records || report.by_reason.at(0) != report.kept || quarantined != report.quarantined) {
    fail(ErrorKind::check,
         "the counts do not add up: {} records in, {} kept + {} removed + {} quarantined; {} by reason, of these {} without one and {} of "
         "quarantine",
         report.records, report.kept, report.removed, report.quarantined, by_reason, report.by_reason.at(0), quarantined);
  }
}

std::string report_json(const RunReport& report) {
  Json json;
  json["version"] = report.version;
  json["plan_digest"] = report.plan_digest;
  json["digest"] = report.digest;
  json["output"] = report.output;
  json["job"] = Json::parse(report.job);
  if (!report.placed_job.empty()) json["places"] = Json::parse(report.placed_job);
  json["input"] = {{"files", report.files}, {"units", report.units}, {"records", report.records}, {"text_bytes", report.raw_text_bytes},
                   {"digest", report.input_digest}, {"times", report.input_times}, {"left_out", report.left_out}, {"no_documents", pairs_json(report.passed_over)}};
  json["counts"] = {{"kept", report.kept}, {"removed", report.removed}, {"quarantined", report.quarantined}, {"by_reason", reasons_json(report.by_reason)}};
  if (report.documents) json["counts"]["documents"] = *report.documents;
  if (!report.text_bytes_by_reason.empty()) json["counts"]["text_bytes"] = text_bytes_json(report.text_bytes_by_reason);
  json["sources"] = sources_json(report.sources);
  json["languages"] = sources_json(report.languages);
  json["steps"] = {{"pii", pairs_json(report.pii)}, {"documents_with_repeats", report.documents_with_repeats},
                   {"documents_with_contamination", report.documents_with_contamination}};
  json["limits"] = limits_json(report);
  json["tokens"] = report.tokens;
  json["vocab_size"] = report.vocab_size;
  json["near"] = pairs_json(report.near);
  json["training"] = pairs_json(report.training);
  json["run"] = {{"ranks", report.ranks}, {"wall_s", report.wall_s}, {"cpu_s", total_cpu(report)},
                 {"text_bytes", report.raw_text_bytes - report.text_bytes_before}, {"mb_per_s", text_rate(report)},
                 {"peak_memory_bytes_by_rank", report.peak_memory_bytes}, {"steps", steps_json(report)}};
  json["quarantine_examples"] = Json::array();
  for (const QuarantineExample& example : report.quarantine) {
    json["quarantine_examples"].push_back(
        {{"file", example.file}, {"offset", example.offset}, {"reason", std::string(name(example.reason))}, {"message", example.message}});
  }
  if (report.figures) json["figures"] = figures_json(*report.figures);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string examples_json(const RunReport& report) {
  if (report.duplicates.empty()) return {};
  Json json;
  json["digest"] = report.digest;
  for (const DuplicateExample& example : report.duplicates) json["duplicates"].push_back(example_json(example));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<ReportedInput> read_reported_input(const std::string& path) try {
  if (!path_exists(path)) return std::nullopt;
  const Json input = Json::parse(read_file(path)).at("input");
  if (!input.at("times").is_number_unsigned()) return std::nullopt;  // a number too large to be one of ours is parsed as a fraction
  return ReportedInput{input.at("digest").get<std::string>(), input.at("times").get<std::uint64_t>()};
} catch (const Json::exception&) {
  return std::nullopt;
}

std::string read_placed_job(const std::string& path) try {
  return path_exists(path) ? Json::parse(read_file(path)).at("places").dump() : std::string();
} catch (const Json::exception&) {
  return {};
}

std::string report_table(const RunReport& report) {
  const auto line = [](std::string_view name, std::uint64_t count) { return fmt::format("  {:<26} {:>16}\n", name, grouped(count)); };
  std::string table = fmt::format("\n  {:<26} {:>16}   ({} files, {:.1f} MB of text)\n", "documents in", grouped(report.records),
                                  grouped(report.files), static_cast<double>(report.raw_text_bytes) / 1e6);
  if (const std::uint64_t passed = passed_over(report); passed > 0) table += line("of archives, no documents", passed);
  table += line("quarantined", report.quarantined) + rows_of(report, true);
  table += line("removed", report.removed) + rows_of(report, false);
  table += line("kept", report.kept);
  if (report.documents && *report.documents != report.kept) table += line("documents, with copies", *report.documents);
  table += line("tokens", report.tokens);
  table += found_rows(report);
  table += source_rows(report);
  table += remarks(report);
  table += limit_rows(report);
  // A data set that is filtered again is not read as text.
  const std::string rates =
      report.raw_text_bytes == 0 ? "" : fmt::format(": {:.1f} MB/s, {:.1f} MB per CPU second", text_rate(report), cpu_rate(report));
  const auto& peaks = report.peak_memory_bytes;
  const std::uint64_t peak = peaks.empty() ? 0 : *std::max_element(peaks.begin(), peaks.end());
  table += fmt::format("\n  {:.1f} s on {} rank{}{}; at most {:.0f} MiB of memory a rank\n", report.wall_s, report.ranks, report.ranks == 1 ? "" : "s",
                       rates, static_cast<double>(peak) / 1048576.0);
  if (report.text_bytes_before > 0) table += fmt::format("  (this attempt alone: it has read {:.1f} MB of the text)\n", text_mb(report));
  table += fmt::format("  digest {}\n  written to {}\n", report.digest, report.output);
  return table;
}

}  // namespace quern
