#include "corpus/evaluation_set.hpp"

#include "quern/base/error.hpp"
#include "quern/format/json_texts.hpp"
#include "quern/format/json_lines.hpp"
#include "quern/store/compressed.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <vector>

namespace quern {

namespace {

constexpr std::size_t kLongestLine = 256u << 20;
constexpr std::uint64_t kLargestWindow = 128u << 20;
constexpr std::size_t kPiece = 1u << 20;

/// What is in the file decides what is computed: it must be what the plan digest was made of.
std::uint64_t checked_size(const SideFile& side) {
  const File file(side.path, File::Mode::read);
  Hasher128 hasher;
  std::string bytes;
  for (std::uint64_t at = 0; at < file.size(); at += bytes.size()) {
    bytes.resize(std::min<std::uint64_t>(file.size() - at, kPiece));
    file.read_at(at, bytes.data(), bytes.size());
    hasher.add(bytes);
  }
  if (hasher.digest() != side.digest) fail(ErrorKind::plan, "{}: the evaluation set was changed since the job was loaded: run again", side.path);
  return file.size();
}

/// Calls take(line) for every line of the file.
template <class Take>
void for_each_line(const std::string& path, std::uint64_t file_bytes, Take take) {
  CompressedReader reader(kLargestWindow);
  reader.open(path, {.begin = 0, .end = file_bytes, .file_bytes = file_bytes});
  std::vector<char> piece(kPiece);
  std::string line;  // what of one has been read
  for (;;) {
    const StreamStep step = reader.next(piece.data(), piece.size());
    if (step.kind == StreamStep::Kind::end) break;
    if (step.kind != StreamStep::Kind::data) fail(ErrorKind::plan, "{}: {}: an evaluation set must be whole", path, step.message);
    std::string_view bytes(piece.data(), step.bytes);
    for (std::size_t end = 0; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
      line += bytes.substr(0, end);
      take(std::string_view(line));
      line.clear();
    }
    line += bytes;
    if (line.size() > kLongestLine) fail(ErrorKind::plan, "{}: a line of more than {} bytes; is it JSON lines?", path, kLongestLine);
  }
  if (!line.empty()) take(std::string_view(line));
}

}  // namespace

std::uint64_t read_evaluation_set(const EvaluationSet& set, std::uint64_t rank, std::uint64_t ranks,
                                  const std::function<void(const EvaluationLine&)>& take) {
  std::uint64_t number = 0;
  for_each_line(set.file.path, checked_size(set.file), [&](std::string_view line) {
    ++number;
    if (number % ranks != rank || is_json_blank(line)) return;
    JsonTexts fields = read_json_texts(line, set.fields, set.id_field);
    if (!fields.error.empty()) fail(ErrorKind::plan, "{}: line {}: {}", set.file.path, number, fields.error);
    take({number, std::move(fields.id), &fields.texts});
  });
  return number;
}

}  // namespace quern
