#include "report/page/html.hpp"

#include "quern/text/utf8.hpp"
#include "report/code_points.hpp"

#include <array>
#include <cmath>

namespace quern::page {

namespace {

void append_escaped(std::string& to, char c) {
  switch (c) {
    case '&': to += "&amp;"; break;
    case '<': to += "&lt;"; break;
    case '>': to += "&gt;"; break;
    case '"': to += "&quot;"; break;
    case '\'': to += "&#39;"; break;
    default: to += c;
  }
}

template <class Unseen>
std::string escaped(std::string_view raw, Unseen unseen) {
  std::string valid(raw), to;
  repair_utf8(valid);
  to.reserve(valid.size() + valid.size() / 8);
  for (std::size_t at = 0; at < valid.size();) {
    const CodePoint c = code_point_at(valid, at);
    if (is_unseen(c.value)) to += unseen(static_cast<std::uint32_t>(c.value));
    else if (c.bytes == 1) append_escaped(to, valid[at]);
    else to.append(valid, at, c.bytes);
    at += c.bytes;
  }
  return to;
}

/// 1.23, 12.3 or 123.
std::string three_digits(double number) { return fmt::format("{:.{}f}", number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0); }

std::string with_unit(std::uint64_t number, const std::array<const char*, 6>& units) {
  if (number < 1000) return fmt::format("{}{}", number, units[0]);
  auto scaled = static_cast<double>(number);
  std::size_t unit = 0;
  for (; scaled >= 999.5 && unit + 1 < units.size(); ++unit) scaled /= 1000;
  return three_digits(scaled) + units[unit];
}

}  // namespace

std::string text(std::string_view raw) {
  return escaped(raw, [](std::uint32_t c) { return fmt::format("<span class=\"unseen\">U+{:04X}</span>", c); });
}

std::string attribute(std::string_view raw) {
  return escaped(raw, [](std::uint32_t c) { return fmt::format("[U+{:04X}]", c); });
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "–";
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.01) return "&lt; 0.01 %";
  return fmt::format("{:.{}f} %", share, share >= 0.995 || part == 0 ? 1 : 2);
}

std::string short_count(std::uint64_t number) { return with_unit(number, {"", " k", " M", " G", " T", " P"}); }

std::string short_bytes(std::uint64_t bytes) { return with_unit(bytes, {" B", " kB", " MB", " GB", " TB", " PB"}); }

std::string short_time(double seconds) {
  if (!(seconds >= 0)) return "–";
  if (seconds < 59.95) return fmt::format("{:.{}f} s", seconds, seconds < 0.995 ? 2 : 1);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string short_number(double number) {
  const double size = std::fabs(number);
  if (size >= 1000) return (number < 0 ? "−" : "") + short_count(static_cast<std::uint64_t>(std::llround(size)));
  return fmt::format("{:.3g}", number);
}

std::string section(std::string_view id, std::string_view heading, std::string_view lead, const std::string& content) {
  if (content.empty()) return {};
  const std::string about = lead.empty() ? "" : fmt::format("<p class=\"lead\">{}</p>\n", lead);
  return fmt::format("<section id=\"{}\" aria-labelledby=\"h-{}\">\n<h2 id=\"h-{}\">{}</h2>\n{}{}</section>\n", id, id, id, heading, about, content);
}

Table::Table(std::initializer_list<std::string_view> headings) {
  rows_ = "<thead><tr>";
  for (const std::string_view heading : headings) rows_ += fmt::format("<th scope=\"col\">{}</th>", heading);
  rows_ += "</tr></thead>\n<tbody>";
}

void Table::add(std::initializer_list<std::string> cells) {
  rows_ += "<tr>";
  bool first = true;
  for (const std::string& cell : cells) {
    rows_ += first ? fmt::format("<th scope=\"row\">{}</th>", cell) : fmt::format("<td>{}</td>", cell);
    first = false;
  }
  rows_ += "</tr>\n";
}

std::string Table::open() const { return "<div class=\"scroll\" tabindex=\"0\"><table>" + rows_ + "</tbody></table></div>\n"; }

std::string Table::behind(std::string_view summary) const {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, open());
}

}  // namespace quern::page
