#include "quern/base/numbers.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "report/stages.hpp"

namespace quern::page {

namespace {

std::string card(std::string_view kind, std::string_view label, std::string_view figure, std::string_view detail) {
  return fmt::format("<div class=\"card {}\"><dt>{}</dt><dd><span class=\"figure\">{}</span><span class=\"detail\">{}</span></dd></div>\n", kind,
                     label, figure, detail);
}

std::string file_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos || slash + 1 == path.size() ? path : path.substr(slash + 1);
}

std::uint64_t duplicates(const Json& report) { return count(report, "counts/by_reason/exact") + count(report, "counts/by_reason/near"); }

std::string time_card(const Json& report) {
  const double wall_s = real(report, "run/wall_s");
  if (!(wall_s > 0)) return {};
  const std::uint64_t ranks = count(report, "run/ranks");
  const double rate = real(report, "run/mb_per_s");
  return card("", "Time", short_time(wall_s),
              fmt::format("on {} rank{}{}", ranks, ranks == 1 ? "" : "s", rate > 0 ? fmt::format(", {} MB/s", short_number(rate)) : ""));
}

std::string cards(const Json& report) {
  const std::uint64_t records = count(report, "input/records"), kept = count(report, "counts/kept"), tokens = count(report, "tokens");
  const std::uint64_t bytes = count(report, "input/text_bytes"), files = count(report, "input/files");
  const std::uint64_t copies = count(report, "counts/documents"), documents = copies > 0 ? copies : kept;
  std::string in = fmt::format("{} records", grouped(records));
  if (bytes > 0) in = fmt::format("{} of text in {} file{}", short_bytes(bytes), grouped(files), files == 1 ? "" : "s");
  return card("", "Records in", short_count(records), in) +
         card("kept", "Kept", short_count(kept), fmt::format("{} of all", percent(kept, records))) +
         card("kept", "Tokens", short_count(tokens), documents == 0 ? "–" : fmt::format("{} a document", grouped(tokens / documents))) +
         card("near", "Duplicates", short_count(duplicates(report)), fmt::format("{} of all", percent(duplicates(report), records))) +
         card(count(report, "counts/quarantined") > 0 ? "read" : "", "Quarantined", short_count(count(report, "counts/quarantined")),
              fmt::format("{} of all", percent(count(report, "counts/quarantined"), records))) +
         time_card(report);
}

}  // namespace

std::string head(const Json& report) {
  const std::string output = word(report, "output");
  return fmt::format("<header>\n<p class=\"brand\">quern <span>run report</span></p>\n<h1><bdi>{}</bdi></h1>\n<p class=\"path\"><bdi>{}</bdi>"
                     "<br>content digest <code>{}</code></p>\n<dl class=\"cards\">\n{}</dl>\n</header>\n",
                     text(file_name(output)), text(output), text(word(report, "digest")), cards(report));
}

}  // namespace quern::page
