#include "report/diff/file_pairs.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <map>

namespace quern {

namespace {

constexpr std::uint64_t kFilesAtOnce = 64u << 10;

/// The first row from `from` on whose file is another one than `file`: files never fall.
std::uint64_t end_of_file(const DatasetReader& data, std::uint64_t from, std::uint64_t file) {
  std::uint64_t low = from, high = data.shape().n_records;
  // A file is often short: look near before far.
  for (std::uint64_t step = 1024; low + step < high; step *= 4) {
    if (data.places(low + step, 1)[0].file != file) {
      high = low + step;
      break;
    }
    low += step;
  }
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (data.places(middle, 1)[0].file == file) low = middle + 1;
    else high = middle;
  }
  return low;
}

std::vector<std::string> file_names(const DatasetReader& data) {
  std::vector<std::string> names;
  while (names.size() < data.shape().n_files) {
    const FilePart part = data.files(names.size(), std::min(kFilesAtOnce, data.shape().n_files - names.size()));
    for (std::size_t f = 0; f < part.entry.size(); ++f) names.emplace_back(part.names[f]);
  }
  return names;
}

}  // namespace

std::vector<FileRows> file_rows(const DatasetReader& data) {
  const std::vector<std::string> names = file_names(data);
  std::vector<FileRows> files;
  for (std::uint64_t row = 0; row < data.shape().n_records;) {
    const std::uint64_t file = data.places(row, 1)[0].file;
    if (file >= names.size()) fail(ErrorKind::check, "{}: /ledger/file: row {}: there is no file {}", data.path(), row, file);
    files.push_back({names[file], row, end_of_file(data, row, file)});
    row = files.back().end;
  }
  return files;
}

std::vector<FilePair> pair_files(const std::vector<FileRows>& first, const std::vector<FileRows>& second) {
  std::map<std::string_view, std::vector<std::size_t>> by_name;  // last one first
  for (std::size_t f = second.size(); f-- > 0;) by_name[second[f].name].push_back(f);
  std::vector<FilePair> pairs;
  for (std::size_t f = 0; f < first.size(); ++f) {
    const auto found = by_name.find(first[f].name);
    if (found == by_name.end() || found->second.empty()) {
      pairs.push_back({f, std::nullopt});
      continue;
    }
    pairs.push_back({f, found->second.back()});
    found->second.pop_back();
  }
  std::vector<std::size_t> alone;
  for (const auto& [name, files] : by_name) alone.insert(alone.end(), files.begin(), files.end());
  std::sort(alone.begin(), alone.end());
  for (const std::size_t f : alone) pairs.push_back({std::nullopt, f});
  return pairs;
}

}  // namespace quern
