#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "report/page/sections.hpp"
#include "report/stages.hpp"
#include "report/letters/letters.hpp"

#include <array>
#include <cmath>

namespace quern {

namespace {

using page::at;
using page::count;
using page::Json;
using page::real;
using page::word;

constexpr std::size_t kMostLines = 12;

std::string funnel_lines(const Json& report, const TerminalStyle& style) {
  const Funnel funnel = funnel_of(report);
  std::string lines = heading("From input to tokens", style);
  lines += bar_line("records in", funnel.records, funnel.records, "", Ink::none, style);
  FunnelStage stage = FunnelStage::count_;
  for (const FunnelRow& row : funnel.rows) {
    if (row.stage != stage) lines += fmt::format("  {}\n", inked(about(row.stage).name, Ink::quiet, style));
    stage = row.stage;
    lines += bar_line("- " + shown(row.reason), row.records, funnel.records, part_of(row.records, funnel.records), Ink::removed, style);
  }
  lines += bar_line("kept", funnel.kept, funnel.records, part_of(funnel.kept, funnel.records), Ink::kept, style);
  return lines + fmt::format("  {} {:>{}}\n", fitted("tokens", 24), grouped(funnel.tokens), style.width > 54 ? style.width - 54 + 15 : 8 + 15);
}

/// What most went for, of each source: kept and removed in one bar would need colours.
std::string source_lines(const Json& report, const TerminalStyle& style) {
  const Json& sources = at(report, "sources");
  if (sources.size() < 2) return {};
  std::string lines = heading("Kept, by source", style);
  std::size_t shown_sources = 0;
  for (const Json& source : sources) {
    if (++shown_sources > kMostLines) break;
    const std::string name = word(source, "name");
    std::string most;
    std::uint64_t records = 0;
    for (const auto& [reason, n] : at(source, "by_reason").items()) {
      if (n.get<std::uint64_t>() <= records) continue;
      records = n.get<std::uint64_t>();
      most = reason;
    }
    const std::uint64_t kept = count(source, "kept"), all = count(source, "records");
    lines += bar_line(name.empty() ? "(no name)" : shown(name), kept, all, part_of(kept, all), Ink::kept, style);
    const std::string about = fmt::format("  of {}; most went for {}: {}", grouped(all), shown(most), grouped(records));
    if (!most.empty()) lines += fmt::format("  {}\n", inked(about, Ink::quiet, style));
  }
  if (sources.size() > kMostLines) lines += fmt::format("  and {} more, in report.json\n", sources.size() - kMostLines);
  return lines;
}

std::string language_lines(const Json& report, const TerminalStyle& style) {
  const Json& languages = at(report, "figures/languages");
  if (languages.empty()) return {};
  std::string lines = heading("Languages of the documents", style);
  const std::uint64_t most = count(languages[0], "documents");
  std::uint64_t all = 0;  // with copies, as they are counted in each
  for (const Json& language : languages) all += count(language, "documents");
  for (std::size_t l = 0; l < std::min(kMostLines, languages.size()); ++l) {
    const std::string label = word(languages[l], "label");
    const std::uint64_t documents = count(languages[l], "documents");
    lines += bar_line(label.empty() ? "(not known)" : shown(label), documents, most, part_of(documents, all), Ink::kept, style);
  }
  if (languages.size() > kMostLines) lines += fmt::format("  and {} more, in report.json\n", languages.size() - kMostLines);
  return lines;
}

/// A line for each power of two: four bins together.
std::string length_lines(const Json& report, const TerminalStyle& style) {
  const Json& bins = at(report, "figures/lengths/documents");
  std::array<std::uint64_t, 32> octaves = {};
  std::uint64_t most = 0, all = 0;  // with copies
  for (std::size_t b = 0; b < std::min<std::size_t>(bins.size(), 128); ++b) {
    const auto documents = bins[b].get<std::uint64_t>();
    all += documents;
    most = std::max(most, octaves[b / 4] += documents);
  }
  if (most == 0) return {};
  std::string lines = heading("Tokens of a document", style);
  for (std::size_t o = 0; o < octaves.size(); ++o) {
    if (octaves[o] == 0) continue;
    const std::string from_to = fmt::format("{}-{}", grouped(1ull << o), grouped((2ull << o) - 1));
    lines += bar_line(from_to, octaves[o], most, part_of(octaves[o], all), Ink::kept, style);
  }
  return lines;
}

/// The shape of a histogram in as many characters as it has bins.
std::string small_picture(const Json& counts, const TerminalStyle& style) {
  constexpr const char* kHeights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr const char* kLetters[] = {" ", ".", ".", ":", "-", "=", "+", "*", "#"};
  std::uint64_t most = 1;
  for (const Json& n : counts) most = std::max(most, n.get<std::uint64_t>());
  std::string picture;
  for (const Json& n : counts) {
    const double share = static_cast<double>(n.get<std::uint64_t>()) / static_cast<double>(most);
    const auto height = static_cast<std::size_t>(std::ceil(share * 8));
    picture += style.ascii ? kLetters[height] : kHeights[height];
  }
  return picture;
}

std::string signal_lines(const Json& report, const TerminalStyle& style) {
  const Json& signals = at(report, "figures/signals");
  if (signals.empty()) return {};
  std::string lines = heading("Quality signals of kept documents", style);
  for (const Json& signal : signals) {
    const Json& edges = at(signal, "edges");
    if (edges.size() < 2) continue;
    const std::string picture = inked(small_picture(at(signal, "counts"), style), Ink::kept, style);
    lines += fmt::format("  {} {:>9.3g} |{}| {:.3g}{}\n", fitted(shown(word(signal, "name")), 30), edges.front().get<double>(), picture,
                         edges.back().get<double>(), at(signal, "logarithmic") == true ? " (log)" : "");
  }
  return lines;
}

std::string cluster_lines(const Json& report, const TerminalStyle& style) {
  const Json& bins = at(report, "figures/clusters/clusters");
  std::uint64_t most = 0;
  for (const Json& n : bins) most = std::max(most, n.get<std::uint64_t>());
  if (most == 0) return {};
  std::string lines = heading("Clusters of duplicates by their records", style);
  for (std::size_t b = 1; b < bins.size(); ++b) {
    const auto n = bins[b].get<std::uint64_t>();
    if (n == 0) continue;
    const std::uint64_t to = 1ull << b, from = to / 2 + 1;
    lines += bar_line(from == to ? grouped(to) : fmt::format("{}-{}", grouped(from), grouped(to)), n, most, "", Ink::removed, style);
  }
  std::size_t named = 0;
  for (const Json& cluster : at(report, "figures/clusters/largest")) {
    if (++named > 5) break;
    lines += fmt::format("  {:>8} records like {}\n", grouped(count(cluster, "size")), shown(word(cluster, "name")));
  }
  return lines + "  quern show OUT --cluster ID lists one\n";
}

std::string step_lines(const Json& report, const TerminalStyle& style) {
  const Json& steps = at(report, "run/steps");
  if (steps.empty()) return {};
  std::string lines = heading(fmt::format("Time: {:.1f} s on {} ranks", real(report, "run/wall_s"), count(report, "run/ranks")), style);
  double longest = 0;
  for (const Json& step : steps) longest = std::max(longest, real(step, "wall_s"));
  for (const Json& step : steps) {
    double busy = 0, waited = 0;
    for (const Json& s : at(step, "busy_s_by_rank")) busy += s.get<double>();
    for (const Json& s : at(step, "waited_s_by_rank")) waited += s.get<double>();
    const auto thousandths = [&](double s) { return static_cast<std::uint64_t>(1000 * std::max(s, 0.0)); };
    const std::size_t columns = style.width > 72 ? style.width - 64 : 8;
    lines += fmt::format("  {} {}{:>10.1f} s   waited {:>3.0f} %\n", fitted(shown(word(step, "name")), 30),
                         inked(letter_bar(thousandths(real(step, "wall_s")), thousandths(longest), columns, style), Ink::kept, style), real(step, "wall_s"),
                         busy + waited > 0 ? 100 * waited / (busy + waited) : 0);
  }
  return lines;
}

}  // namespace

std::string report_in_letters(std::string_view report_json, const TerminalStyle& style) try {
  const Json report = Json::parse(report_json);
  TerminalStyle used = style;
  used.width = std::clamp<std::size_t>(style.width, 40, 140);
  std::string lines;
  for (const auto make : {funnel_lines, source_lines, language_lines, length_lines, signal_lines, cluster_lines, step_lines}) lines += make(report, used);
  return lines;
} catch (const nlohmann::json::exception& error) {
  fail(ErrorKind::check, "report.json: is no report of a run: {}", error.what());
}

}  // namespace quern
