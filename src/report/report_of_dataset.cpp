#include "quern/base/error.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

Reason reason_of(const std::string& name) {
  const auto found = std::ranges::find(kReasonNames, name);
  return found == kReasonNames.end() ? Reason::none : static_cast<Reason>(found - kReasonNames.begin());
}

Excerpt excerpt_of(const Json& json) {
  return {json.at("name").get<std::string>(), json.at("source").get<std::string>(), json.at("bytes").get<std::uint64_t>(),
          json.at("begin").get<std::uint64_t>(), json.at("text").get<std::string>()};
}

DuplicateExample example_of(const Json& json) {
  return {reason_of(json.at("reason").get<std::string>()),
          {json.at("numerator").get<std::uint32_t>(), json.at("denominator").get<std::uint32_t>()},
          json.at("cluster_size").get<std::uint64_t>(),
          excerpt_of(json.at("kept")),
          excerpt_of(json.at("removed"))};
}

}  // namespace

void add_counts(RunReport& report, const Provenance& p) {
  report.records = p.records;
  report.kept = p.kept;
  report.removed = p.removed;
  report.quarantined = p.quarantined;
  report.tokens = p.tokens;
  if (p.order) report.documents = p.order->documents;
  report.by_reason = p.by_reason;
}

RunReport report_of_dataset(const DatasetReader& data, const Figures& figures) {
  const Provenance& p = data.provenance();
  RunReport report;
  report.version = p.quern_version;
  report.plan_digest = p.plan_digest;
  report.digest = data.content_digest().hex();
  report.output = data.path();
  report.job = p.job;
  report.files = data.shape().n_files;
  add_counts(report, p);
  report.vocab_size = p.vocab_size;
  for (const SourceFigures& source : figures.sources) report.sources.push_back({source.name, source.by_reason, 0, source.tokens, source.documents});
  report.figures = figures;
  return report;
}

std::vector<DuplicateExample> read_duplicate_examples(const std::string& path, const Hash128& content_digest) try {
  std::vector<DuplicateExample> examples;
  if (!path_exists(path)) return examples;
  const Json report = Json::parse(read_file(path));
  if (report.at("digest") != content_digest.hex()) return examples;
  for (const Json& example : report.at("duplicates")) examples.push_back(example_of(example));
  return examples;
} catch (const Json::exception&) {
  return {};  // examples are no reason to fail
}

bool has_figures(std::string_view report_text, const std::string& path, const Hash128& content_digest) try {
  const Json report = Json::parse(report_text);
  if (report.at("digest") != content_digest.hex()) {
    fail(ErrorKind::check, "{}: the report.json beside it is that of another data set (content digest {}): take it away, to go without it", path,
         report.at("digest").dump());
  }
  return report.contains("figures");
} catch (const Json::exception& error) {
  fail(ErrorKind::check, "{}: the report.json beside it is no report of a run: {}; take it away, to go without it", path, error.what());
}

std::string with_figures(std::string_view report_text, const RunReport& of_dataset) {
  Json report = Json::parse(report_text);
  const Json measured = Json::parse(report_json(of_dataset));
  report["figures"] = measured.at("figures");
  if (!report.contains("sources") || report.at("sources").empty()) report["sources"] = measured.at("sources");
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quern
