// The job, where it came from, and what it could not take in.
#include "quern/base/numbers.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "report/yaml.hpp"

namespace quern::page {

namespace {

void add_term(std::string& terms, std::string_view name, const std::string& value) {
  if (!value.empty()) terms += fmt::format("<div><dt>{}</dt><dd><code>{}</code></dd></div>\n", name, value);
}

std::string number_or_nothing(const Json& report, std::string_view path) {
  return at(report, path).is_number_unsigned() ? grouped(count(report, path)) : std::string();
}

std::string list(const Json& texts) {
  std::string items;
  for (const Json& item : texts) {
    if (item.is_string()) items += "<li><code>" + text(item.get<std::string>()) + "</code></li>\n";
  }
  return items.empty() ? "" : "<ul class=\"plain\">\n" + items + "</ul>\n";
}

std::string counts(std::string_view heading, const Json& object) {
  if (!object.is_object() || object.empty()) return {};
  Table table({heading, "count"});
  for (const auto& [name, n] : object.items()) {
    if (n.is_number_unsigned()) table.add({text(name), grouped(n.get<std::uint64_t>())});
  }
  return table.open();
}

}  // namespace

std::string quarantine(const Json& report) {
  const Json& all = at(report, "quarantine_examples");
  if (!all.is_array() || all.empty()) return {};
  Table table({"file", "offset", "reason", "what was wrong"});
  for (const Json& example : all) {
    table.add({"<bdi>" + text(word(example, "file")) + "</bdi>", grouped(count(example, "offset")), "<code>" + text(word(example, "reason")) + "</code>",
               text(word(example, "message"))});
  }
  const std::string lead = fmt::format("{} records could not be taken in; the first of them in input order. <code>quern quarantine</code> lists all.",
                                       grouped(count(report, "counts/quarantined")));
  return section("quarantine", "Quarantine", lead, "<div class=\"wide-words\">" + table.open() + "</div>");
}

std::string job(const Json& report) {
  const Json& job = at(report, "job");
  if (job.empty()) return {};
  return section("job", "The job", "With every default filled in; capacities and places are left out, since they change nothing that is computed.",
                 "<pre class=\"code\" tabindex=\"0\">" + text(to_yaml(job)) + "</pre>\n");
}

std::string provenance(const Json& report) {
  std::string terms;
  add_term(terms, "quern", text(word(report, "version")));
  add_term(terms, "content digest", text(word(report, "digest")));
  add_term(terms, "plan digest", text(word(report, "plan_digest")));
  add_term(terms, "input digest", text(word(report, "input/digest")));
  add_term(terms, "input files", number_or_nothing(report, "input/files"));
  add_term(terms, "pieces of work", number_or_nothing(report, "input/units"));
  add_term(terms, "bytes of text", number_or_nothing(report, "input/text_bytes"));
  add_term(terms, "vocabulary", number_or_nothing(report, "vocab_size"));
  add_term(terms, "tokens", number_or_nothing(report, "tokens"));
  std::string more = counts("personal data found", at(report, "steps/pii")) + counts("no documents, in archives", at(report, "input/no_documents"));
  if (const std::string left_out = list(at(report, "input/left_out")); !left_out.empty()) more += "<h3>Left out of the input</h3>\n" + left_out;
  return section("provenance", "Provenance", "", "<dl class=\"terms\">\n" + terms + "</dl>\n" + more);
}

}  // namespace quern::page
