#include "quern/base/numbers.hpp"
#include "quern/report/word_diff.hpp"
#include "report/page/chart.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"

namespace quern::page {

namespace {

constexpr std::size_t kOpenExamples = 2;

/// Bin b holds clusters of 2^(b-1) + 1 to 2^b records.
std::string sizes_of(std::size_t bin) {
  const std::uint64_t to = std::uint64_t{1} << bin, from = to / 2 + 1;
  return from == to ? grouped(to) : fmt::format("{}–{}", grouped(from), grouped(to));
}

std::string largest(const Json& all) {
  if (!all.is_array() || all.empty()) return {};
  Table table({"kept document", "record", "records in the cluster"});
  for (const Json& cluster : all) {
    table.add({"<bdi>" + text(word(cluster, "name")) + "</bdi>", grouped(count(cluster, "record")), grouped(count(cluster, "size"))});
  }
  return table.behind("The largest clusters");
}

/// One side of a pair, with what the other does not have marked.
std::string side(const std::vector<Stretch>& stretches, DiffSide which) {
  std::string words;
  for (const Stretch& stretch : stretches) {
    const std::string_view part = which == DiffSide::first ? stretch.first : stretch.second;
    if (part.empty()) continue;
    const std::size_t end = stretch.side == DiffSide::both ? 0 : part.find_last_not_of(" \n\t") + 1;  // white space is no difference
    if (end > 0) words += fmt::format("<mark>{}</mark>", text(part.substr(0, end)));
    words += text(part.substr(end));
  }
  return words;
}

std::string excerpt(const Json& document, const std::string& words) {
  const std::uint64_t begin = count(document, "begin"), bytes = count(document, "bytes"), shown = word(document, "text").size();
  std::string note = grouped(bytes) + " bytes";
  if (begin > 0) note += fmt::format(", from byte {} on", grouped(begin));
  if (begin + shown < bytes) note += fmt::format("; {} more are not shown", grouped(bytes - begin - shown));
  return fmt::format("<pre dir=\"auto\" tabindex=\"0\">{}</pre><p class=\"note\">{}</p>", words, note);
}

std::string who(const Json& document) {
  return fmt::format("<bdi>{}</bdi> <span class=\"source\"><bdi>{}</bdi></span>", text(word(document, "name")), text(word(document, "source")));
}

std::string pair_of(const Json& example, bool open) {
  const Json &kept = at(example, "kept"), &removed = at(example, "removed");
  const std::string kept_text = word(kept, "text"), removed_text = word(removed, "text"), reason = word(example, "reason");
  const std::vector<Stretch> stretches = word_diff(kept_text, removed_text);
  const std::string similarity = word(example, "similarity"), size = grouped(count(example, "cluster_size"));
  return fmt::format("<details class=\"pair\"{}><summary><span class=\"chip {}\">{}</span> {}<span class=\"about\">cluster of {}</span> <bdi>{}</bdi></summary>\n<div class=\"sides\">"
                     "<div class=\"side\"><h4>kept</h4><p class=\"who\">{}</p>{}</div>\n<div class=\"side removed\"><h4>removed</h4><p class=\"who\">{}</p>{}</div></div></details>\n",
                     open ? " open" : "", reason == "exact" ? "exact" : "near", text(reason),
                     similarity.empty() ? "" : fmt::format("<span class=\"about\">similarity {}</span> ", text(similarity)), size, text(word(removed, "name")), who(kept),
                     excerpt(kept, side(stretches, DiffSide::first)), who(removed), excerpt(removed, side(stretches, DiffSide::second)));
}

std::string pairs(const Json& report) {
  const Json& all = at(report, "examples/duplicates");
  if (!all.is_array() || all.empty()) return {};
  std::string details;
  for (std::size_t i = 0; i < all.size(); ++i) details += pair_of(all[i], i < kOpenExamples);
  return "<h3>Side by side</h3>\n<p class=\"lead\">A kept document, and one that was removed for it, beginning shortly before they first differ. Marked is what the other "
         "does not have.</p>\n<div class=\"pairs\">\n" + details + "</div>\n";
}

}  // namespace

std::string clusters(const Json& report) {
  const Json& bins = at(report, "figures/clusters/clusters");
  if (!bins.is_array()) return {};
  std::vector<Column> columns;
  std::vector<std::pair<double, std::string>> ticks;
  Table table({"records in a cluster", "clusters", "records"});
  std::uint64_t clusters = 0, records = 0;
  for (std::size_t b = 1; b < bins.size(); ++b) {
    const std::uint64_t n = bins[b].get<std::uint64_t>(), in_them = at(report, "figures/clusters/records").at(b).get<std::uint64_t>();
    clusters += n;
    records += in_them;
    columns.push_back({n, sizes_of(b) + " records"});
    if (n > 0) table.add({sizes_of(b), grouped(n), grouped(in_them)});
  }
  while (!columns.empty() && columns.back().size == 0) columns.pop_back();
  if (columns.empty()) return {};
  for (std::size_t b = 0; b < columns.size(); ++b) ticks.emplace_back((static_cast<double>(b) + 0.5) / static_cast<double>(columns.size()), sizes_of(b + 1));
  const std::string lead = fmt::format("{} kept documents stand for {} records that say the same, or nearly so: the clusters by their number of records.",
                                       grouped(clusters), grouped(records));
  return section("clusters", "Duplicates", lead,
                 histogram(columns, ticks, "Clusters of duplicates by size: the table below has the numbers", "near") + table.behind("The same as a table") +
                     largest(at(report, "figures/clusters/largest")) + pairs(report));
}

}  // namespace quern::page
