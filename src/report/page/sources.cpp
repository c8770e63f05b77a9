#include "quern/base/numbers.hpp"
#include "report/page/chart.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "report/stages.hpp"

#include <algorithm>
#include <array>

namespace quern::page {

namespace {

constexpr std::size_t kMostSources = 20;

struct Source {
  std::string name;
  std::uint64_t records = 0, kept = 0, tokens = 0;
  std::array<std::uint64_t, kStages> stages = {};
  std::vector<std::pair<std::string, std::uint64_t>> reasons;  ///< most first
};

Source source_of(const Json& json) {
  Source source{word(json, "name"), count(json, "records"), count(json, "kept"), count(json, "tokens"), {}, {}};
  if (source.name.empty()) source.name = "(no name)";
  for (const auto& [reason, n] : at(json, "by_reason").items()) {
    const auto records = n.get<std::uint64_t>();
    source.stages[static_cast<std::size_t>(stage_of(reason))] += records;
    source.reasons.emplace_back(reason, records);
  }
  std::stable_sort(source.reasons.begin(), source.reasons.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return source;
}

/// The largest, and all others as one.
std::vector<Source> sources_of(const Json& report) {
  std::vector<Source> sources;
  for (const Json& json : at(report, "sources")) sources.push_back(source_of(json));
  std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.records > b.records; });
  if (sources.size() <= kMostSources + 1) return sources;
  Source others{fmt::format("{} others", grouped(sources.size() - kMostSources)), 0, 0, 0, {}, {}};
  for (std::size_t s = kMostSources; s < sources.size(); ++s) {
    others.records += sources[s].records;
    others.kept += sources[s].kept;
    others.tokens += sources[s].tokens;
    for (std::size_t i = 0; i < kStages; ++i) others.stages[i] += sources[s].stages[i];
  }
  sources.resize(kMostSources);
  sources.push_back(std::move(others));
  return sources;
}

std::vector<Part> parts_of(const Source& source) {
  std::vector<Part> parts = {{"kept", source.kept, "kept"}};
  for (std::size_t s = kStages; s-- > 0;) {
    const StageAbout& stage = about(static_cast<FunnelStage>(s));
    parts.push_back({stage.id, source.stages[s], std::string(stage.name)});
  }
  return parts;
}

std::string bars(const std::vector<Source>& sources) {
  std::string lines;
  for (const Source& source : sources) {
    lines += fmt::format("<li><span class=\"name\"><bdi>{}</bdi></span>{}<span class=\"n\">{}</span><span class=\"share\">{} kept</span></li>\n",
                         text(source.name), stacked_bar(parts_of(source), source.records), grouped(source.records), percent(source.kept, source.records));
  }
  return "<ol class=\"bars\">\n" + lines + "</ol>\n";
}

std::string colours(const std::vector<Source>& sources) {
  std::vector<std::pair<std::string_view, std::string_view>> kinds = {{"kept", "kept"}};
  for (std::size_t s = kStages; s-- > 0;) {
    const bool any = std::ranges::any_of(sources, [&](const Source& source) { return source.stages[s] > 0; });
    if (any) kinds.emplace_back(about(static_cast<FunnelStage>(s)).id, about(static_cast<FunnelStage>(s)).name);
  }
  return legend(kinds);
}

std::string table(const std::vector<Source>& sources) {
  Table table({"source", "records", "kept", "tokens", "reasons"});
  for (const Source& source : sources) {
    std::string reasons;
    for (const auto& [reason, n] : source.reasons) reasons += fmt::format("{}<code>{}</code> {}", reasons.empty() ? "" : ", ", text(reason), grouped(n));
    table.add({"<bdi>" + text(source.name) + "</bdi>", grouped(source.records), grouped(source.kept), grouped(source.tokens), reasons});
  }
  return table.behind("Every reason by source");
}

}  // namespace

std::string reasons_by_source(const Json& report) {
  const std::vector<Source> sources = sources_of(report);
  if (sources.empty()) return {};
  return section("sources", "Reasons by source", "Each bar is all that came from one source.", colours(sources) + bars(sources) + table(sources));
}

}  // namespace quern::page
