#include "quern/report/progress_text.hpp"

#include "quern/base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace quern {

namespace {

constexpr std::size_t kBarColumns = 20;
constexpr std::size_t kMostSharesListed = 8;

/// The more important one stays when there is no room for both.
struct Part {
  std::string text;
  int importance = 0;
};

double fraction(const Moment& moment) {
  if (moment.total == 0) return 0;
  return std::min(1.0, static_cast<double>(moment.done) / static_cast<double>(moment.total));
}

std::string bar(double part) {
  const auto full = static_cast<std::size_t>(part * kBarColumns);
  return '[' + std::string(full, '#') + std::string(kBarColumns - full, '.') + ']';
}

std::string left_text(const Moment& moment) {
  const auto left = seconds_left(moment);
  return left ? fmt::format("{} left", clock_text(*left)) : std::string();
}

std::string rate_text(const Moment& moment) { return moment.mb_per_s > 0 ? fmt::format("{:.1f} MB/s", moment.mb_per_s) : std::string(); }

std::vector<Part> parts_of(const Moment& moment, bool with_bar) {
  std::vector<Part> parts = {{std::string(title(moment.stage)), 10}};
  const auto add = [&](std::string text, int importance) {
    if (!text.empty()) parts.push_back({std::move(text), importance});
  };
  if (moment.total > 0) {
    if (with_bar) add(bar(fraction(moment)), 2);
    add(fmt::format("{:.0f} %", std::floor(fraction(moment) * 100)), 9);
  }
  if (moment.rounds > 0) add(fmt::format("round {}", moment.rounds), 5);
  if (moment.documents > 0) add(grouped(moment.documents) + " documents", 6);
  add(rate_text(moment), 7);
  if (const std::string shares = share_text(moment.done_by_rank); !shares.empty()) add("ranks " + shares, 1);
  const std::string left = left_text(moment);
  add(left.empty() ? clock_text(moment.stage_s) : left, 8);
  return parts;
}

std::size_t columns_of(const std::vector<Part>& parts) {
  std::size_t columns = 0;
  for (const Part& part : parts) columns += part.text.size() + 2;
  return columns - 2;
}

std::string joined(const std::vector<Part>& parts, std::string_view between) {
  std::string text;
  for (const Part& part : parts) {
    if (!text.empty()) text += between;
    text += part.text;
  }
  return text;
}

}  // namespace

std::string_view title(Stage stage) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(Stage::count_)> kTitles = {
      "plan", "map", "repeated lines", "second map", "exact duplicates", "near duplicates: bands", "near duplicates: rounds",
      "vocabulary: count words", "vocabulary: train", "tokenize", "order", "write", "export", "report"};
  return kTitles[static_cast<std::size_t>(stage)];
}

std::optional<double> seconds_left(const Moment& moment) {
  const double part = fraction(moment);
  if (moment.stage_s < 2 || part < 0.01) return std::nullopt;
  return moment.stage_s * (1 - part) / part;
}

std::string clock_text(double seconds) {
  const auto all = static_cast<std::uint64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  const std::uint64_t hours = all / 3600, minutes = all / 60 % 60, rest = all % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, rest) : fmt::format("{}:{:02}", minutes, rest);
}

std::string share_text(const std::vector<std::uint64_t>& done_by_rank) {
  const double all = static_cast<double>(std::accumulate(done_by_rank.begin(), done_by_rank.end(), std::uint64_t{0}));
  if (done_by_rank.size() < 2 || all == 0) return {};
  const auto percent = [&](std::uint64_t done) { return fmt::format("{:.0f}", static_cast<double>(done) * 100 / all); };
  if (done_by_rank.size() > kMostSharesListed) {
    const auto [least, most] = std::minmax_element(done_by_rank.begin(), done_by_rank.end());
    return fmt::format("{}-{} % each", percent(*least), percent(*most));
  }
  std::string text;
  for (const std::uint64_t done : done_by_rank) text += (text.empty() ? "" : "/") + percent(done);
  return text + " %";
}

std::string progress_text(const Moment& moment, std::size_t columns) {
  std::vector<Part> parts = parts_of(moment, true);
  while (parts.size() > 1 && columns_of(parts) > columns) {
    parts.erase(std::ranges::min_element(parts, {}, &Part::importance));
  }
  return joined(parts, "  ").substr(0, columns);
}

std::string progress_line(const Moment& moment) { return fmt::format("at {:6.1f} s: {}", moment.elapsed_s, joined(parts_of(moment, false), ", ")); }

}  // namespace quern
