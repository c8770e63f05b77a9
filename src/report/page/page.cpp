#include "quern/report/page.hpp"

#include "quern/base/error.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"

namespace quern {

namespace page {

namespace {
const Json kNothing = Json::object();
}

const Json& at(const Json& report, std::string_view path) {
  const Json* value = &report;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (!value->is_object()) return kNothing;
    const auto found = value->find(path.substr(0, slash));
    if (found == value->end()) return kNothing;
    value = &*found;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return *value;
}

std::uint64_t count(const Json& object, std::string_view path) {
  const Json& value = at(object, path);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

double real(const Json& object, std::string_view path) {
  const Json& value = at(object, path);
  return value.is_number() ? value.get<double>() : 0;
}

std::string word(const Json& object, std::string_view path) {
  const Json& value = at(object, path);
  return value.is_string() ? value.get<std::string>() : std::string();
}

namespace {

std::string contents(const std::string& body) {
  constexpr std::pair<std::string_view, std::string_view> kLinks[] = {
      {"funnel", "Funnel"},   {"sources", "Sources"},   {"languages", "Languages"}, {"lengths", "Lengths"},       {"signals", "Signals"},
      {"clusters", "Duplicates"}, {"steps", "Time"}, {"quarantine", "Quarantine"}, {"job", "Job"}, {"provenance", "Provenance"}};
  std::string links;
  for (const auto& [id, name] : kLinks) {
    if (body.find(fmt::format("<section id=\"{}\"", id)) != std::string::npos) links += fmt::format("<a href=\"#{}\">{}</a>\n", id, name);
  }
  return "<nav aria-label=\"Sections\">\n" + links + "</nav>\n";
}

/// Nothing but styles that stand in the page itself: no script, no picture, no address is ever asked.
constexpr const char* kFrame = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{} · quern report</title>
<style>
{}</style>
</head>
<body>
{}<main>
{}</main>
<footer><p>Made by quern {}. Every figure is in <code>report.json</code>, every record in the ledger of <code>data.h5</code>.</p></footer>
</body>
</html>
)";

}  // namespace

}  // namespace page

std::string report_page(std::string_view report_json, std::string_view examples_json) try {
  using namespace page;
  Json report = Json::parse(report_json);
  if (!report.is_object()) fail(ErrorKind::check, "report.json: is no report of a run");
  if (!examples_json.empty()) report["examples"] = Json::parse(examples_json);
  if (!at(report, "counts").contains("kept")) fail(ErrorKind::check, "report.json: is no report of a run: it has no counts");
  std::string body;
  for (const auto make : {funnel, reasons_by_source, languages, lengths, signals, clusters, steps, quarantine, job, provenance}) {
    body += make(report);
  }
  return fmt::format(kFrame, page::attribute(word(report, "output")), kStyle, head(report) + contents(body), body, page::text(word(report, "version")));
} catch (const nlohmann::json::exception& error) {
  fail(ErrorKind::check, "report.json: is no report of a run: {}", error.what());
}

}  // namespace quern
