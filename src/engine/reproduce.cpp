#include "engine/compare_datasets.hpp"
#include "engine/dataset_text.hpp"
#include "engine/input_check.hpp"
#include "engine/setup.hpp"
#include "quern/base/error.hpp"
#include "quern/base/numbers.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/canonical.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/plan/rebuild_job.hpp"
#include "quern/report/report.hpp"
#include "quern/store/file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

namespace quern {

namespace {

constexpr std::uint64_t kFilesAtOnce = 64u << 10;
constexpr std::size_t kLinesShown = 20;

/// What is wrong before a document is read, in one message.
[[noreturn]] void fail_with_lines(const std::string& what, const std::vector<std::string>& lines) {
  std::string text = what;
  for (std::size_t i = 0; i < std::min(lines.size(), kLinesShown); ++i) text += "\n  " + lines[i];
  if (lines.size() > kLinesShown) text += fmt::format("\n  and {} more", grouped(lines.size() - kLinesShown));
  fail(ErrorKind::plan, "{}", text);
}

std::string folder_of(const DatasetReader& data) {
  const std::filesystem::path folder = std::filesystem::path(data.path()).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// Every rank looks at the data set, but only rank 0 says what is wrong with it.
DatasetReader open_once(const std::string& path, World& world) {
  std::optional<DatasetReader> data;
  if (world.is_root()) data.emplace(path);
  world.barrier();
  return data ? std::move(*data) : DatasetReader(path);
}

/// Where what belongs to the new run lies. Known to all ranks by the request alone.
struct NewPlaces {
  std::string output, work, job;

  explicit NewPlaces(const ReproduceRequest& request, const DatasetReader& data) {
    std::filesystem::path to = request.to.empty() ? folder_of(data) : request.to;
    output = std::filesystem::absolute(to).lexically_normal().string();
    while (output.size() > 1 && output.ends_with('/')) output.pop_back();
    if (request.to.empty()) output += ".reproduced";
    work = output + ".work";
    job = output + ".job.json";
  }
  /// Of the data set before `quern refilter` was done for the (number + 1)th time.
  std::string before(std::size_t number) const { return fmt::format("{}.before-{}", output, number + 1); }
};

/// A file that goes when this does, whatever the reason.
class FleetingFile {
 public:
  explicit FleetingFile(std::string path) : path_(std::move(path)) {}
  FleetingFile(const FleetingFile&) = delete;
  FleetingFile& operator=(const FleetingFile&) = delete;
  ~FleetingFile() {
    std::error_code error;
    std::filesystem::remove(path_, error);
  }

 private:
  std::string path_;
};

/// Rank 0 alone: writes the job file. Throws Error{plan} when a side file is missing or changed.
void put_job(const ReproduceRequest& request, const DatasetReader& data, const JobHistory& history, const NewPlaces& to) {
  if (path_exists(to.output)) {
    fail(ErrorKind::refused, "{}: is there already: remove it, or name another folder with --to", to.output);
  }
  const std::string folder = folder_of(data);
  Places places;
  places.job = request.job_path.empty() ? read_placed_job(folder + "/report.json") : placed_job_json(load_job(request.job_path, {}));
  places.input_roots = request.input_roots;
  if (const auto tokenizer = tokenizer_beside(data)) places.tokenizer = std::filesystem::absolute(tokenizer->path()).string();
  places.folders = request.input_roots;
  places.folders.push_back(folder);
  places.output = history.refilters.empty() ? to.output : to.before(0);
  places.work = to.work;
  const RebuiltJob job = rebuild_job(history.job, places);
  if (!job.problems.empty()) fail_with_lines(fmt::format("{}: cannot be made again from what is here now:", data.path()), job.problems);
  make_folders(std::filesystem::path(to.job).parent_path().string());
  publish_file(to.job, job.json, 0600);  // it may name a key file
}

/// The files that the data set was made from, held against those that are here. Rank 0 alone.
class InputComparison {
 public:
  explicit InputComparison(const std::vector<InputFile>& files) : files_(files) {
    for (std::size_t i = 0; i < files.size(); ++i) now_.emplace(std::pair(files[i].entry, files[i].name), i);
  }

  void compare_names(const DatasetReader& data) {
    for_each(data, [&](std::uint16_t entry, const std::string& name, const FileContent* content) {
      const auto found = now_.find({entry, name});
      if (found == now_.end()) return lines.push_back(fmt::format("missing: {} (input {})", name, entry));
      const InputFile& file = files_[found->second];
      if (content != nullptr && content->bytes != file.bytes) {
        lines.push_back(fmt::format("changed: {}: {} bytes, it had {}", file.path, grouped(file.bytes), grouped(content->bytes)));
      }
      now_.erase(found);
    });
    for (const auto& [place, i] : now_) lines.push_back(fmt::format("new: {}: the data set was made without it", files_[i].path));
  }

  /// Names are the same, so that files come in the same order.
  void compare_digests(const DatasetReader& data, const std::vector<Hash128>& digests) {
    std::size_t i = 0;
    for_each(data, [&](std::uint16_t, const std::string&, const FileContent* content) {
      if (content->digest != digests.at(i)) {
        lines.push_back(fmt::format("changed: {}: its digest is {}, it was {}", files_.at(i).path, digests[i].hex(), content->digest.hex()));
      }
      ++i;
    });
  }

  std::vector<std::string> lines;

 private:
  template <class Visit>
  static void for_each(const DatasetReader& data, Visit visit) {
    for (std::uint64_t first = 0; first < data.shape().n_files;) {
      const FilePart part = data.files(first, std::min(kFilesAtOnce, data.shape().n_files - first));
      for (std::size_t i = 0; i < part.entry.size(); ++i) {
        visit(part.entry[i], std::string(part.names[i]), part.contents.empty() ? nullptr : &part.contents[i]);
      }
      first += part.entry.size();
    }
  }

  const std::vector<InputFile>& files_;
  std::map<std::pair<std::uint16_t, std::string>, std::size_t> now_;
};

/// Collective. Throws Error{plan} on rank 0 when the input is not what the data set was made from.
void check_inputs(const DatasetReader& data, const Setup& setup, std::ostream& out, World& world) {
  const std::string what = fmt::format("{}: its input is not here as it was (--input-root says where it is now):", data.path());
  InputComparison comparison(setup.files);
  if (world.is_root()) {
    comparison.compare_names(data);
    if (!comparison.lines.empty()) fail_with_lines(what, comparison.lines);
  }
  if (!data.provenance().file_digests) {
    if (world.is_root()) out << "input          made by a quern that kept no digests of files: names alone are compared\n";
    return;
  }
  const std::vector<Hash128> digests = digests_on_disk(setup, world);
  if (!world.is_root()) return;
  comparison.compare_digests(data, digests);
  if (!comparison.lines.empty()) fail_with_lines(what, comparison.lines);
  out << fmt::format("input          {} files, the same by their digests\n", grouped(setup.files.size()));
}

/// Rank 0 alone. A key with another value is another job; one that only one side has may be of another version of quern.
void check_job(const DatasetReader& data, const std::string& before, const Setup& setup, std::ostream& out) {
  std::vector<std::string> lines = job_differences(before, setup.canonical);
  const auto is_new_key = [](const std::string& line) { return line.find(": not there then, ") != std::string::npos || line.ends_with(", not there now"); };
  const auto others = std::ranges::stable_partition(lines, is_new_key);
  const std::vector<std::string> wrong(others.begin(), others.end());
  if (!wrong.empty()) fail_with_lines(fmt::format("{}: the job is not the same:", data.path()), wrong);
  for (const std::string& line : lines) out << "job            " << line << '\n';
  const Hash128& wanted = data.provenance().tokenizer_digest;
  if (setup.tokenizer && setup.tokenizer->digest() != wanted) {
    fail(ErrorKind::plan, "{}: the vocabulary {} has the digest {}, the data set was made with {}: put the file back that lay beside it", data.path(),
         setup.job.tokenizer.file, setup.tokenizer->digest().hex(), wanted.hex());
  }
  out << "job            the same\n";
}

/// Rank 0 alone: a step on the way to the data set that is compared at the end.
void compare_base(const std::string& path, const std::string& wanted, std::ostream& out) {
  const std::string found = DatasetReader(path).content_digest().hex();
  if (found != wanted) out << fmt::format("{:<14} content digest before quern refilter: {} then, {} now\n", "different", wanted, found);
}

}  // namespace

ReproduceEnd reproduce_dataset(const ReproduceRequest& request, std::ostream& out, World& world) {
  const DatasetReader data = open_once(request.path, world);
  const JobHistory history = history_of(data.provenance().job);
  const NewPlaces to(request, data);
  std::optional<FleetingFile> job_file;
  if (world.is_root()) {
    job_file.emplace(to.job);
    put_job(request, data, history, to);
  }
  world.barrier();
  {
    const Setup setup = prepare(to.job, request.sets, world);
    if (world.is_root()) check_job(data, history.job, setup, out);
    check_inputs(data, setup, out, world);
  }
  RunOptions options;
  options.job_path = to.job;
  options.sets = request.sets;
  if (run_job(options, out, world) == RunEnd::stopped) return ReproduceEnd::stopped;
  for (std::size_t i = 0; i < history.refilters.size(); ++i) {
    if (world.is_root()) compare_base(to.before(i), history.refilters[i].base_digest, out);
    const bool is_last = i + 1 == history.refilters.size();
    refilter_dataset({to.before(i), is_last ? to.output : to.before(i + 1), {"filter=" + history.refilters[i].filters}, false}, out, world);
  }
  for (std::size_t i = 0; i < history.refilters.size() && world.is_root(); ++i) remove_all(to.before(i));
  world.barrier();
  const bool same = compare_datasets(data, DatasetReader(to.output), out, world);
  if (same && request.to.empty() && world.is_root()) remove_all(to.output);
  world.barrier();
  return same ? ReproduceEnd::same : ReproduceEnd::different;
}

}  // namespace quern
