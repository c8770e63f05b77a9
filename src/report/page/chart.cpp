#include "report/page/chart.hpp"

#include "quern/base/numbers.hpp"
#include "report/page/html.hpp"

#include <algorithm>

namespace quern::page {

std::string stacked_bar(const std::vector<Part>& parts, std::uint64_t whole) {
  std::string rects;
  double at = 0;
  for (const Part& part : parts) {
    if (part.size == 0) continue;
    const double wide = 1000 * static_cast<double>(part.size) / static_cast<double>(std::max<std::uint64_t>(whole, 1));
    rects += fmt::format("<rect class=\"{}\" x=\"{:.2f}\" width=\"{:.2f}\" height=\"10\"><title>{}: {}</title></rect>", part.kind, at, std::max(wide, 1.0),
                         part.name, grouped(part.size));
    at += wide;
  }
  return "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">" + rects + "</svg>";
}

std::string histogram(const std::vector<Column>& columns, const std::vector<std::pair<double, std::string>>& ticks, std::string_view about,
                      std::string_view kind) {
  std::uint64_t most = 1;
  for (const Column& column : columns) most = std::max(most, column.size);
  std::string rects, labels;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].size == 0) continue;
    const double high = std::max(100 * static_cast<double>(columns[i].size) / static_cast<double>(most), 0.8);
    rects += fmt::format("<rect x=\"{}\" y=\"{:.2f}\" width=\"9\" height=\"{:.2f}\"><title>{}: {}</title></rect>\n", 10 * i, 100 - high, high,
                         columns[i].name, grouped(columns[i].size));
  }
  for (std::size_t t = 0; t < ticks.size(); ++t) {
    const auto& [place, label] = ticks[t];
    const char* const side = place < 0.04 ? " first" : place > 0.93 ? " last" : "";
    labels += fmt::format("<span class=\"tick{}{}\" style=\"left:{:.2f}%\">{}</span>", side, ticks.size() > 4 && (ticks.size() - t) % 2 == 0 ? " second" : "", 100 * place, label);
  }
  return fmt::format("<div class=\"histogram {}\"><span class=\"most\" aria-hidden=\"true\">{}</span><svg viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" "
                     "aria-label=\"{}\">\n{}</svg><div class=\"axis\" aria-hidden=\"true\">{}</div></div>\n",
                     kind, short_count(most), std::max<std::size_t>(10 * columns.size(), 1), about, rects, labels);
}

std::string legend(const std::vector<std::pair<std::string_view, std::string_view>>& kinds) {
  std::string items;
  for (const auto& [kind, name] : kinds) items += fmt::format("<li><span class=\"swatch {}\" aria-hidden=\"true\"></span>{}</li>\n", kind, name);
  return "<ul class=\"legend\">\n" + items + "</ul>\n";
}

}  // namespace quern::page
