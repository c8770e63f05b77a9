#include "quern/plan/inputs.hpp"

#include "plan/glob.hpp"
#include "plan/tree_walk.hpp"
#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <unordered_set>

namespace quern {

namespace {

/// The nearest folder above a pattern that exists: where a slip in a path can be seen.
std::string nearest_folder(const std::string& prefix) {
  std::filesystem::path folder = prefix;
  std::error_code error;
  while (folder.has_relative_path() && !std::filesystem::is_directory(folder, error)) folder = folder.parent_path();
  return folder.has_filename() ? folder.string() : folder.parent_path().string();
}

[[noreturn]] void fail_no_match(const std::string& where, const Glob& glob, const Walked& walked) {
  const std::string pattern = glob.prefix + glob.pattern;
  std::error_code error;
  if (std::filesystem::is_directory(pattern, error)) {
    fail(ErrorKind::plan, "{}: '{}' is a folder; name the files in it, as in '{}/*.jsonl' or '{}/**'", where, pattern, pattern, pattern);
  }
  const std::size_t scheme = pattern.find(":/");
  if (scheme != std::string::npos && !std::filesystem::exists(pattern.substr(0, scheme + 1), error)) {
    fail(ErrorKind::plan, "{}: '{}' is an address, and only files are read: fetch it first", where, pattern);
  }
  const std::string folder = nearest_folder(glob.prefix);
  const bool prefix_exists = std::filesystem::is_directory(glob.prefix, error);
  fail(ErrorKind::plan, "{}: no file matches '{}' (the folder '{}' exists{}){}", where, pattern, folder,
       prefix_exists ? "" : fmt::format(", '{}' does not", glob.prefix),
       walked.left_out.empty() ? "" : fmt::format("; left out: {}", walked.left_out.front()));
}

void append(Walked& to, Walked&& from) {
  std::ranges::move(from.files, std::back_inserter(to.files));
  std::ranges::move(from.left_out, std::back_inserter(to.left_out));
}

/// A data set may be named by its folder.
std::string pattern_of_files(const std::string& pattern, InputFormat format) {
  if (format != InputFormat::dataset || pattern.ends_with(".h5")) return pattern;
  return pattern.ends_with('/') ? pattern + "data.h5" : pattern + "/data.h5";
}

Walked walk_pattern(const std::string& pattern, const std::string& where) {
  const Glob glob = parse_glob(pattern);
  Walked walked = walk_tree(glob);
  if (walked.files.empty()) fail_no_match(where, glob, walked);
  return walked;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) + 1 - begin);
}

/// The names of a list file are as its lines have them: below its folder where a line is relative.
Walked walk_list_line(const InputSpec& input, std::string_view line, const std::string& where) {
  const bool absolute = line.starts_with('/');
  const std::string folder = escaped_for_glob(input.prefix);
  const std::string pattern = absolute ? std::string(line) : folder + std::string(line);
  Walked walked = walk_pattern(pattern_of_files(pattern, input.format), where);
  for (FoundFile& file : walked.files) {
    file.name = file.path.starts_with(input.prefix) ? file.path.substr(input.prefix.size()) : file.path;
  }
  return walked;
}

Walked walk_list(const InputSpec& input) {
  const std::string text = read_file(input.path, ErrorKind::plan);
  Walked walked;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(std::string_view(text).substr(at, end - at));
    at = end + 1;
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    append(walked, walk_list_line(input, line, fmt::format("{}:{}", input.path, number)));
  }
  if (walked.files.empty()) fail(ErrorKind::plan, "{}: the list names no file", input.path);
  return walked;
}

/// One name for each file, in the order of the bytes of the names. Of a file with several names it is the first one without links on
/// the way, or, where all have links, the first. (Hard links are files of their own: a copy of the corpus has them so.)
void keep_one_name_each(Walked& walked) {
  std::vector<FoundFile>& files = walked.files;
  std::ranges::sort(files, {}, [](const FoundFile& file) { return std::tie(file.linked, file.name); });
  std::unordered_set<std::string> taken;
  std::erase_if(files, [&](const FoundFile& file) {
    const bool again = !taken.insert(file.real).second;
    if (again && file.linked) walked.left_out.push_back(file.name + ": a symbolic link to a file that has another name here");
    return again;
  });
  std::ranges::sort(files, {}, &FoundFile::name);
}

/// What makes a file of one entry another input in the next: a job may read one file twice, for two of its fields.
std::string way_of_reading(const InputSpec& input) {
  std::string way = fmt::format("{}\n", static_cast<int>(input.format));
  const auto add = [&way](const std::string& text) { way += fmt::format("{}:{}\n", text.size(), text); };
  if (input.format == InputFormat::jsonl || input.format == InputFormat::tsv) {
    for (const std::string& field : {input.text_field, input.id_field}) add(field);
    for (const std::string& column : input.columns) add(column);
  }
  return way;
}

/// An input that lies in the work folder or is the output would be another one in the next run.
void check_not_output(const Job& job, const FoundFile& file) {
  if (file.path.starts_with(job.work + "/")) fail(ErrorKind::plan, "{}: an input file lies in the work folder {}", file.path, job.work);
  if (file.path == job.output.path || file.path.starts_with(job.output.path + "/")) {
    fail(ErrorKind::plan, "{}: an input file lies in the output {}", file.path, job.output.path);
  }
}

/// Names go into columns of UTF-8; a file system may hold any bytes.
std::string as_utf8(std::string name) {
  repair_utf8(name);
  return name;
}

}  // namespace

std::vector<InputFile> list_inputs(const Job& job, std::vector<std::string>* left_out) {
  std::vector<InputFile> inputs;
  std::unordered_set<std::string> taken;
  for (std::size_t i = 0; i < job.input.size(); ++i) {
    const InputSpec& input = job.input[i];
    Walked walked = input.is_list ? walk_list(input) : walk_pattern(pattern_of_files(input.path, input.format), fmt::format("input.{}", i));
    keep_one_name_each(walked);
    for (const FoundFile& file : walked.files) {
      check_not_output(job, file);
      if (job.input.size() > 1 && !taken.insert(way_of_reading(input) + file.real).second) {
        walked.left_out.push_back(file.name + ": read by an input before this one");
        continue;
      }
      inputs.push_back({static_cast<std::uint16_t>(i), file.path, as_utf8(file.name), file.bytes, file.modified_ns});
    }
    std::ranges::sort(walked.left_out);
    if (left_out) std::ranges::move(walked.left_out, std::back_inserter(*left_out));
  }
  return inputs;
}

}  // namespace quern
