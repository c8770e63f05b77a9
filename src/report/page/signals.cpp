#include "quern/base/numbers.hpp"
#include "quern/base/signal.hpp"
#include "report/page/chart.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"

#include <algorithm>

namespace quern::page {

namespace {

std::string formula_of(std::string_view name) {
  const auto* const found = std::ranges::find(kSignalAbout, name, &SignalAbout::name);
  return found == kSignalAbout.end() ? std::string() : text(found->formula);
}

/// A name with places where a narrow picture may break it.
std::string breakable(std::string_view name) {
  std::string words;
  for (const char c : text(name)) words += c == '_' ? std::string("_<wbr>") : std::string(1, c);
  return words;
}

std::string picture(const Json& signal) {
  const Json &edges = at(signal, "edges"), &counts = at(signal, "counts");
  std::vector<Column> columns;
  for (std::size_t b = 0; b < counts.size(); ++b) {
    const double from = edges.at(b).get<double>(), to = edges.at(b + 1).get<double>();
    columns.push_back({counts[b].get<std::uint64_t>(), fmt::format("{} to {}", short_number(from), short_number(to))});
  }
  const std::vector<std::pair<double, std::string>> ticks = {{0, short_number(edges.front().get<double>())}, {1, short_number(edges.back().get<double>())}};
  return histogram(columns, ticks, "Documents by " + attribute(word(signal, "name")), "signal");
}

std::string caption(const Json& signal) {
  const std::uint64_t outside = count(signal, "below") + count(signal, "above");
  const auto number = [&](const char* key) { return short_number(real(signal, key)); };
  std::string words = fmt::format("median {}, 90 % in {} to {}", number("median"), number("p05"), number("p95"));
  if (at(signal, "logarithmic") == true) words += "; logarithmic";
  if (outside > 0) words += fmt::format("; {} outside", grouped(outside));
  return words;
}

std::string one(const Json& signal) {
  const std::string name = word(signal, "name");
  if (at(signal, "counts").empty()) {
    return fmt::format("<figure class=\"signal\"><figcaption><code>{}</code><span>no document has a value</span></figcaption></figure>\n", breakable(name));
  }
  return fmt::format("<figure class=\"signal\"><figcaption><code>{}</code><span>{}</span></figcaption>\n{}<p>{}</p></figure>\n", breakable(name),
                     formula_of(name), picture(signal), caption(signal));
}

}  // namespace

std::string signals(const Json& report) {
  const Json& all = at(report, "figures/signals");
  if (!all.is_array() || all.empty()) return {};
  std::string figures;
  Table table({"signal", "least", "5 %", "median", "95 %", "most", "without"});
  for (const Json& signal : all) {
    figures += one(signal);
    table.add({text(word(signal, "name")), short_number(real(signal, "least")), short_number(real(signal, "p05")), short_number(real(signal, "median")),
               short_number(real(signal, "p95")), short_number(real(signal, "most")), grouped(count(signal, "without"))});
  }
  return section("signals", "Quality signals", "Of the documents in the data set; each picture has its own scales. Thresholds can be changed with <code>quern refilter</code>.",
                 "<div class=\"signals\">\n" + figures + "</div>\n" + table.behind("The same as a table"));
}

}  // namespace quern::page
