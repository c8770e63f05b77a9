#pragma once
// What became of records in two data sets, counted by pairs of answers.

#include "quern/dataset/dataset_reader.hpp"
#include "quern/report/diff.hpp"

#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

/// A verdict with its reason, or that the record is not there.
std::string answer_of(const DatasetReader& data, const LedgerRow& row);
inline constexpr std::string_view kAbsent = "absent";

class Answers {
 public:
  Answers(const DiffOptions& options, std::ostream& out) : options_(options), out_(out) {}

  /// A record of `source`. Its name, and the documents that it was removed for, are asked for only where they are shown.
  template <class Name, class Why>
  void add(const std::string& first, const std::string& second, std::string_view source, Name name, Why why) {
    Cell& cell = cells_[{first, second}];
    ++cell.records;
    if (first == second) return;
    count(sources_[std::string(source)], first, second);
    if (options_.list && !options_.quiet) out_ << name() << '\t' << first << '\t' << second << '\n';
    else if (cell.examples.size() < options_.examples) cell.examples.push_back(name() + why());
  }

  bool any_differs() const;
  /// The tables, largest difference first: by answers with examples, then by source.
  void print() const;

 private:
  /// Records of one source that differ.
  struct SourceCell {
    std::uint64_t first_kept = 0, second_kept = 0, neither_kept = 0;
    std::uint64_t all() const { return first_kept + second_kept + neither_kept; }
  };
  struct Cell {
    std::uint64_t records = 0;
    std::vector<std::string> examples;
  };

  static void count(SourceCell& cell, const std::string& first, const std::string& second);
  void print_sources() const;

  const DiffOptions& options_;
  std::ostream& out_;
  std::map<std::pair<std::string, std::string>, Cell> cells_;
  std::map<std::string, SourceCell> sources_;
};

}  // namespace quern
