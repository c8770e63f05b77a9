#include "quern/base/numbers.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "report/stages.hpp"

#include <algorithm>
#include <array>

namespace quern::page {

namespace {

// The drawing, in its own units; it is as wide as it needs to be, and scaled to the page.
constexpr double kHeight = 220, kTop = 46, kFloor = 330, kBend = 16, kLeast = 150, kLeft = 150, kRight = 190;

struct Branch {
  FunnelStage stage;
  std::uint64_t records = 0;
};

std::vector<Branch> branches_of(const Funnel& funnel) {
  std::array<std::uint64_t, kStages> sums = {};
  for (const FunnelRow& row : funnel.rows) sums[static_cast<std::size_t>(row.stage)] += row.records;
  std::vector<Branch> branches;
  for (std::size_t s = 0; s < kStages; ++s) {
    if (sums[s] > 0) branches.push_back({static_cast<FunnelStage>(s), sums[s]});
  }
  return branches;
}

/// A band of records on its way down, out of the lower edge of the main one.
std::string falling(double x, double y1, double y2, std::string_view kind) {
  const double width = y2 - y1, outer = kBend + width;
  return fmt::format("<path class=\"{}\" d=\"M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}V{:.1f}H{:.1f}V{:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}Z\"/>\n",
                     kind, x, y1, x + outer * 0.55, y1, x + outer, y1 + outer * 0.45, x + outer, y1 + outer, kFloor, x + kBend, y2 + kBend, x + kBend,
                     y2 + kBend * 0.45, x + kBend * 0.55, y2, x, y2);
}

std::string label(double x, double y, std::string_view kind, std::string_view anchor, std::string_view words) {
  return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", kind, x, y, anchor, words);
}

std::string described(const Funnel& funnel, const std::vector<Branch>& branches) {
  std::string words = fmt::format("{} records go in.", grouped(funnel.records));
  for (const Branch& branch : branches) words += fmt::format(" {}: {} leave.", about(branch.stage).name, grouped(branch.records));
  return words + fmt::format(" {} are kept, with {} tokens.", grouped(funnel.kept), grouped(funnel.tokens));
}

/// Each stage takes its part out of one stream of records.
std::string drawing(const Funnel& funnel) {
  const std::vector<Branch> branches = branches_of(funnel);
  const auto high = [&](std::uint64_t records) { return kHeight * static_cast<double>(records) / static_cast<double>(std::max<std::uint64_t>(funnel.records, 1)); };
  std::string shapes;
  double x = kLeft;
  std::uint64_t left = funnel.records;
  for (const Branch& branch : branches) {
    const double y2 = kTop + high(left), y1 = kTop + high(left - branch.records), wide = std::max(y2 - y1, 1.5);
    const double step = std::max(kLeast, wide + 2 * kBend + 20);
    // A little over the next one, so that no seam is seen.
    shapes += fmt::format("<rect class=\"kept\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", x, kTop, step + 0.7, std::max(y1 - kTop, 0.0));
    shapes += falling(x, y2 - wide, y2, about(branch.stage).id);
    shapes += label(x + kBend, kFloor + 22, "name", "start", about(branch.stage).name);
    shapes += label(x + kBend, kFloor + 42, "number", "start", fmt::format("−{} ({})", short_count(branch.records), percent(branch.records, funnel.records)));
    left -= branch.records;
    x += step;
  }
  const double end = x + 24, kept_high = high(funnel.kept);
  shapes += fmt::format("<rect class=\"kept\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", kLeft - 24, kTop, 24.7, kHeight);
  shapes += fmt::format("<rect class=\"kept\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", x, kTop, 24.0, kept_high);
  shapes += fmt::format("<rect class=\"edge\" x=\"{:.1f}\" y=\"{}\" width=\"4\" height=\"{}\"/>\n", kLeft - 28, kTop, kHeight);
  shapes += fmt::format("<rect class=\"edge\" x=\"{:.1f}\" y=\"{}\" width=\"4\" height=\"{:.1f}\"/>\n", end, kTop, std::max(kept_high, 1.5));
  shapes += label(kLeft - 38, kTop + 18, "name", "end", "records in") + label(kLeft - 38, kTop + 46, "large", "end", short_count(funnel.records));
  shapes += label(end + 14, kTop + 18, "name", "start", fmt::format("kept, {}", percent(funnel.kept, funnel.records)));
  shapes += label(end + 14, kTop + 46, "large", "start", short_count(funnel.kept));
  shapes += label(end + 14, kTop + 70, "number", "start", fmt::format("{} tokens", short_count(funnel.tokens)));
  return fmt::format("<svg class=\"stream\" viewBox=\"0 0 {:.0f} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", end + kRight, kFloor + 56,
                     attribute(described(funnel, branches)), shapes);
}

/// One line of the waterfall: what was left before, of it what goes here.
std::string fall(std::string_view name, std::string_view kind, std::uint64_t before, std::uint64_t after, const Funnel& funnel, const std::string& bytes) {
  const auto at = [&](std::uint64_t records) { return 1000 * static_cast<double>(records) / static_cast<double>(std::max<std::uint64_t>(funnel.records, 1)); };
  const std::uint64_t gone = before - after;
  const double wide = std::max(at(gone), gone > 0 ? 2.0 : 0.0);
  return fmt::format("<li><span class=\"reason\"><bdi>{}</bdi></span><svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
                     "aria-hidden=\"true\"><rect class=\"rest\" width=\"{:.2f}\" height=\"10\"/><rect class=\"{}\" x=\"{:.2f}\" width=\"{:.2f}\" "
                     "height=\"10\"/></svg><span class=\"n\">{}</span><span class=\"share\">{}</span><span class=\"bytes\">{}</span></li>\n",
                     name, at(after), kind, std::max(at(before) - wide, 0.0), wide, grouped(gone), percent(gone, funnel.records), bytes);
}

std::string waterfall(const Funnel& funnel) {
  const auto bytes_of = [&](std::uint64_t bytes) { return funnel.has_bytes ? short_bytes(bytes) : std::string(); };
  std::string lines = "<li class=\"columns\" aria-hidden=\"true\"><span>reason</span><span></span><span>records</span><span>of all</span><span>" +
                      std::string(funnel.has_bytes ? "text" : "") + "</span></li>\n";
  lines += fall("records in", "edge", funnel.records, 0, funnel, bytes_of(funnel.bytes));
  std::uint64_t left = funnel.records;
  for (const FunnelRow& row : funnel.rows) {
    lines += fall("<code>" + text(row.reason) + "</code>", about(row.stage).id, left, left - row.records, funnel,
                  row.stage == FunnelStage::read ? "" : bytes_of(row.bytes));
    left -= row.records;
  }
  lines += fall("kept", "kept", funnel.kept, 0, funnel, bytes_of(funnel.kept_bytes));
  return "<h3>What each reason takes</h3>\n<ol class=\"falls\">\n" + lines + "</ol>\n";
}

std::string table(const Funnel& funnel) {
  Table table({"reason", "stage", "records", "of all", "text, bytes"});
  const auto bytes_of = [&](std::uint64_t bytes) { return funnel.has_bytes ? grouped(bytes) : std::string("–"); };
  table.add({"records in", "", grouped(funnel.records), percent(funnel.records, funnel.records), bytes_of(funnel.bytes)});
  for (const FunnelRow& row : funnel.rows) {
    table.add({text(row.reason), std::string(about(row.stage).name), grouped(row.records), percent(row.records, funnel.records), bytes_of(row.bytes)});
  }
  table.add({"kept", "", grouped(funnel.kept), percent(funnel.kept, funnel.records), bytes_of(funnel.kept_bytes)});
  return table.behind("The same as a table");
}

}  // namespace

std::string funnel(const Json& report) {
  const Funnel funnel = funnel_of(report);
  return section("funnel", "From input to tokens",
                 funnel.has_bytes ? "Every input record is kept, or leaves for one reason. Sizes of text are those after cleaning."
                                  : "Every input record is kept, or leaves for one reason.",
                 drawing(funnel) + waterfall(funnel) + table(funnel));
}

}  // namespace quern::page
