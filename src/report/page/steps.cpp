#include "quern/base/numbers.hpp"
#include "report/page/chart.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"

#include <algorithm>
#include <vector>

namespace quern::page {

namespace {

constexpr std::size_t kMostRows = 8;  // of ranks, as bars below each other; more stand side by side as columns
constexpr std::size_t kTurns = 4;     // colours of the steps, in turns

struct Step {
  std::string name;
  double wall_s = 0;
  std::vector<double> busy_s, waited_s;
};

std::vector<double> numbers(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list) values.push_back(value.is_number() ? value.get<double>() : 0);
  return values;
}

std::vector<Step> steps_of(const Json& report) {
  std::vector<Step> steps;
  for (const Json& json : at(report, "run/steps")) {
    Step step{word(json, "name"), real(json, "wall_s"), numbers(at(json, "busy_s_by_rank")), numbers(at(json, "waited_s_by_rank"))};
    step.waited_s.resize(step.busy_s.size(), 0);
    steps.push_back(std::move(step));
  }
  return steps;
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

double share(double part, double whole) { return whole > 0 ? std::clamp(1000 * part / whole, 0.0, 1000.0) : 0; }

std::string rows(const Step& step) {
  std::string lines;
  for (std::size_t r = 0; r < step.busy_s.size(); ++r) {
    const double busy = share(step.busy_s[r], step.wall_s);
    lines += fmt::format("<li><span class=\"name\">rank {}</span><svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                         "<rect class=\"busy\" width=\"{:.2f}\" height=\"10\"/><rect class=\"waited\" x=\"{:.2f}\" width=\"{:.2f}\" height=\"10\"/></svg>"
                         "<span class=\"n\">{}</span><span class=\"share\">waited {}</span></li>\n",
                         r, busy, busy, share(step.waited_s[r], step.wall_s), short_time(step.busy_s[r]), short_time(step.waited_s[r]));
  }
  return "<ol class=\"bars ranks\">\n" + lines + "</ol>\n";
}

/// A column for each rank: busy below, waited above.
std::string columns(const Step& step) {
  std::string rects;
  for (std::size_t r = 0; r < step.busy_s.size(); ++r) {
    const double busy = share(step.busy_s[r], step.wall_s) / 10, waited = share(step.waited_s[r], step.wall_s) / 10;
    rects += fmt::format("<g><title>rank {}: busy {}, waited {}</title><rect class=\"busy\" x=\"{}\" y=\"{:.2f}\" width=\"9\" height=\"{:.2f}\"/>"
                         "<rect class=\"waited\" x=\"{}\" y=\"{:.2f}\" width=\"9\" height=\"{:.2f}\"/></g>\n",
                         r, short_time(step.busy_s[r]), short_time(step.waited_s[r]), 10 * r, 100 - busy, busy, 10 * r, std::max(100 - busy - waited, 0.0), waited);
  }
  return fmt::format("<div class=\"histogram ranks\"><svg viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" "
                     "aria-label=\"Busy and waiting time of {} ranks\">\n{}</svg><div class=\"axis\" aria-hidden=\"true\">"
                     "<span class=\"tick first\" style=\"left:0%\">rank 0</span><span class=\"tick last\" style=\"left:100%\">rank {}</span></div></div>\n",
                     10 * step.busy_s.size(), step.busy_s.size(), rects, step.busy_s.size() - 1);
}

/// Who others waited for: the rank that was busy longest.
std::string who_waited(const Step& step) {
  const double waited = sum(step.waited_s), all = waited + sum(step.busy_s);
  if (step.busy_s.size() < 2 || all <= 0) return {};
  if (waited < 0.01 * all) return "no rank waited to speak of";
  const auto slowest = std::max_element(step.busy_s.begin(), step.busy_s.end()) - step.busy_s.begin();
  return fmt::format("ranks waited {:.0f} % of the time, for rank {} most", 100 * waited / all, slowest);
}

std::string one(const Step& step, std::size_t number, double total_s) {
  const std::string ranks = step.busy_s.empty() ? "" : step.busy_s.size() <= kMostRows ? rows(step) : columns(step);
  return fmt::format("<div class=\"step\"><h3><span class=\"swatch turn{}\" aria-hidden=\"true\"></span>{} <span>{}, {:.0f} % of all steps</span></h3>\n"
                     "<p class=\"note\">{}</p>{}</div>\n",
                     number % kTurns, text(step.name), short_time(step.wall_s), total_s > 0 ? 100 * step.wall_s / total_s : 0, who_waited(step), ranks);
}

/// The steps after each other, as long as they took.
std::string line_of_time(const std::vector<Step>& steps) {
  double total = 0;
  for (const Step& step : steps) total += step.wall_s;
  std::string parts, items;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const double percent = total > 0 ? 100 * steps[s].wall_s / total : 0;
    parts += fmt::format("<span class=\"turn{}\" style=\"flex-grow:{:.3f}\" title=\"{}: {}\">{}</span>", s % kTurns, std::max(percent, 0.1), attribute(steps[s].name),
                         short_time(steps[s].wall_s), percent >= 12 ? text(steps[s].name.substr(0, steps[s].name.find(':'))) : "");
  }
  return "<div class=\"timeline\" aria-hidden=\"true\">" + parts + "</div>\n";
}

std::string memory(const Json& report) {
  std::uint64_t most = 0;
  for (const Json& bytes : at(report, "run/peak_memory_bytes_by_rank")) most = std::max(most, bytes.get<std::uint64_t>());
  return most == 0 ? "" : fmt::format(" A rank had at most {} of memory.", short_bytes(most));
}

std::string table(const std::vector<Step>& steps) {
  Table table({"step", "wall, s", "busiest rank, s", "all ranks busy, s", "all ranks waited, s"});
  for (const Step& step : steps) {
    const double busiest = step.busy_s.empty() ? 0 : *std::max_element(step.busy_s.begin(), step.busy_s.end());
    const auto seconds = [](double s) { return fmt::format("{:.2f}", s); };
    table.add({text(step.name), seconds(step.wall_s), seconds(busiest), seconds(sum(step.busy_s)), seconds(sum(step.waited_s))});
  }
  return table.behind("The same as a table");
}

}  // namespace

std::string steps(const Json& report) {
  const std::vector<Step> all = steps_of(report);
  if (all.empty()) return {};
  double total = 0;
  for (const Step& step : all) total += step.wall_s;
  std::string details;
  for (std::size_t s = 0; s < all.size(); ++s) details += one(all[s], s, total);
  const std::string lead = fmt::format("{} on {} rank{}, all of them through each step together.{}", short_time(real(report, "run/wall_s")),
                                       count(report, "run/ranks"), count(report, "run/ranks") == 1 ? "" : "s", memory(report));
  const std::string colours = legend({{"busy", "busy"}, {"waited", "waiting for others"}});
  return section("steps", "Time", lead, line_of_time(all) + colours + "<div class=\"steps\">\n" + details + "</div>\n" + table(all));
}

}  // namespace quern::page
