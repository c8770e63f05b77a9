#include "write/record_names.hpp"

#include "quern/base/error.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::uint64_t kFilesAtOnce = 4096;
constexpr std::uint64_t kGap = 256;         // reading over so many ids costs less than another call
constexpr std::uint64_t kSpan = 64u << 10;  // records in one read

}  // namespace

void append_escaped(std::string& to, std::string_view text) {
  constexpr std::string_view kSpecial = "\t\n\r\\";
  constexpr std::string_view kLetters = "tnr\\";
  for (std::size_t at = 0;;) {
    const std::size_t stop = std::min(text.find_first_of(kSpecial, at), text.size());
    to += text.substr(at, stop - at);
    if (stop == text.size()) return;
    to += '\\';
    to += kLetters[kSpecial.find(text[stop])];
    at = stop + 1;
  }
}

std::string decimal(const Similarity& similarity) {
  if (similarity.denominator == 0) return {};
  const std::uint64_t d = similarity.denominator;
  const std::uint64_t ten_thousandths = (std::uint64_t{similarity.numerator} * 20'000 + d) / (2 * d);
  return fmt::format("{}.{:04}", ten_thousandths / 10'000, ten_thousandths % 10'000);
}

std::string_view RecordNames::file_name(std::uint64_t file) {
  const std::uint64_t n = reader_.shape().n_files;
  if (file >= n) fail(ErrorKind::check, "{}: /ledger/file: there is no file {}", reader_.path(), file);
  if (file < files_.first || file - files_.first >= files_.entry.size()) {
    files_ = reader_.files(file, std::min(kFilesAtOnce, n - file));
  }
  return files_.names[file - files_.first];
}

std::string RecordNames::of(std::string_view own_id, const RecordPlace& place) {
  std::string name;
  append_escaped(name, own_id);
  if (!own_id.empty()) return name;
  append_escaped(name, file_name(place.file));
  return name += fmt::format(":{}", place.offset);
}

std::vector<std::string> RecordNames::of(std::span<const std::uint64_t> records) {
  std::vector<std::string> names;
  names.reserve(records.size());
  for (std::size_t begin = 0; begin < records.size();) {
    std::size_t end = begin + 1;
    while (end < records.size() && records[end] - records[end - 1] <= kGap && records[end] - records[begin] < kSpan) ++end;
    const std::uint64_t first = records[begin];
    const TextPart ids = reader_.own_ids(first, records[end - 1] - first + 1);
    std::vector<RecordPlace> places;  // only where an id is missing
    // Long ids may end the part early: what is left begins the next read.
    for (; begin < end && records[begin] - first < ids.size(); ++begin) {
      const std::string_view id = ids[records[begin] - first];
      if (id.empty() && places.empty()) places = reader_.places(first, ids.size());
      names.push_back(of(id, id.empty() ? places[records[begin] - first] : RecordPlace{}));
    }
  }
  return names;
}

}  // namespace quern
