#include "report/diff/answers.hpp"

#include "quern/base/numbers.hpp"
#include "quern/report/letters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quern {

std::string answer_of(const DatasetReader& data, const LedgerRow& row) {
  const std::string_view verdict = data.verdict_name(row, 0), reason = data.reason_name(row, 0);
  return reason.empty() ? std::string(verdict) : fmt::format("{}: {}", verdict, reason);
}

bool Answers::any_differs() const {
  return std::ranges::any_of(cells_, [](const auto& cell) { return cell.first.first != cell.first.second; });
}

void Answers::print() const {
  using Entry = std::pair<std::pair<std::string, std::string>, Cell>;
  std::vector<Entry> cells(cells_.begin(), cells_.end());
  std::stable_sort(cells.begin(), cells.end(), [](const Entry& a, const Entry& b) { return a.second.records > b.second.records; });
  std::uint64_t same = 0;
  for (const auto& [answers, cell] : cells) same += answers.first == answers.second ? cell.records : 0;
  out_ << fmt::format("\n{:<38} {:<38} {:>14}\n", "in the first", "in the second", "records");
  for (const auto& [answers, cell] : cells) {
    if (answers.first == answers.second) continue;
    out_ << fmt::format("{:<38} {:<38} {:>14}\n", answers.first, answers.second, grouped(cell.records));
    for (const std::string& example : cell.examples) out_ << "    " << example << '\n';
  }
  out_ << fmt::format("{:<77} {:>14}\n", "the same in both", grouped(same));
  for (const auto& [answers, cell] : cells) {
    if (answers.first == answers.second) out_ << fmt::format("    {:<73} {:>14}\n", answers.first, grouped(cell.records));
  }
  print_sources();
}

void Answers::count(SourceCell& cell, const std::string& first, const std::string& second) {
  ++(first == name(Verdict::kept) ? cell.first_kept : second == name(Verdict::kept) ? cell.second_kept : cell.neither_kept);
}

void Answers::print_sources() const {
  constexpr std::size_t kMost = 20;
  if (sources_.empty()) return;
  std::vector<std::pair<std::string, SourceCell>> sources(sources_.begin(), sources_.end());
  std::stable_sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.second.all() > b.second.all(); });
  out_ << fmt::format("\n{:<44} {:>15} {:>15} {:>15}\n", "source", "in first alone", "in second alone", "kept in neither");
  for (std::size_t s = 0; s < std::min(kMost, sources.size()); ++s) {
    const auto& [source, cell] = sources[s];
    const std::string name = source.empty() ? "(no name)" : shown(source);
    out_ << fmt::format("{:<44} {:>15} {:>15} {:>15}\n", name, grouped(cell.first_kept), grouped(cell.second_kept), grouped(cell.neither_kept));
  }
  if (sources.size() > kMost) out_ << fmt::format("and {} more: --list names every record\n", grouped(sources.size() - kMost));
}

}  // namespace quern
