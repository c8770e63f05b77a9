#include "engine/exports.hpp"

#include "engine/dataset_text.hpp"
#include "quern/base/error.hpp"
#include "quern/engine/engine.hpp"
#include "quern/plan/load_job.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"
#include "quern/write/export.hpp"
#include "quern/write/verify.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <optional>
#include <ostream>
#include <set>
#include <variant>

namespace quern {

namespace {

void append(std::vector<std::string>& to, const std::vector<std::string>& lines) { to.insert(to.end(), lines.begin(), lines.end()); }

/// Absolute, without a slash at its end: the folder aside lies beside it.
std::string clean_path(const std::string& path) {
  std::string clean = std::filesystem::absolute(path).lexically_normal().string();
  while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
  return clean;
}

/// A file below `folder` that is none of `known`; empty where there is none. Folders count for what lies in them.
std::string foreign_file(const std::string& folder, const std::set<std::string>& known) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool is_folder = entry.is_directory() && !entry.is_symlink();
    if (!is_folder && !known.contains(entry.path().lexically_relative(folder).string())) return entry.path().string();
  }
  return {};
}

/// Where an export goes: written aside, put in its place by rename. Rank 0 begins and publishes.
class ExportFolder {
 public:
  explicit ExportFolder(std::string path) : path_(std::move(path)), hold_(path_ + ".quern-export") {}

  ExportFolder(const ExportFolder&) = delete;
  ExportFolder& operator=(const ExportFolder&) = delete;

  /// An export that failed leaves nothing behind.
  ~ExportFolder() {
    if (!lease_) return;
    try {
      remove_all(aside());
      let_go();
    } catch (const std::exception& error) {
      spdlog::warn("{}: is left behind: {}", aside(), error.what());
    }
  }

  std::string aside() const { return path_ + ".quern-partial"; }

  void begin(bool overwrite) {
    refuse_what_is_there(overwrite);
    make_folders(hold_, 0700);
    take_lease();
    remove_all(aside());
    make_folders(aside(), 0700);
  }

  void publish(unsigned mode) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(aside())) {
      set_permissions(entry.path().string(), entry.is_directory() ? folder_permissions(mode) : mode);
    }
    set_permissions(aside(), folder_permissions(mode));
    const std::string old = path_ + ".quern-replaced";
    remove_all(old);
    if (path_exists(path_)) rename_path(path_, old);
    rename_path(aside(), path_);
    sync_folder(std::filesystem::path(path_).parent_path().string());
    remove_all(old);
    let_go();
  }

 private:
  void refuse_what_is_there(bool overwrite) const {
    if (!path_exists(path_)) return;
    if (!overwrite) fail(ErrorKind::refused, "{}: is there: choose another folder, or give --overwrite to replace an older export", path_);
    const auto files = files_of_export(path_);
    if (!files) fail(ErrorKind::refused, "{}: is there, and is no export of quern: choose another folder, or move it away", path_);
    const std::string foreign = foreign_file(path_, *files);
    if (foreign.empty()) return;
    fail(ErrorKind::refused, "{}: is not in the manifest of the export, and would be lost with it: move it away, or choose another folder", foreign);
  }

  void take_lease() try {
    lease_.emplace(Lease::take(hold_, kLeasePatience, 0600));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::refused) throw;
    fail(ErrorKind::refused, "{}: another export is being written there: wait for it, or give this one another --to", path_);
  }

  void let_go() {
    lease_->release();
    lease_.reset();
    remove_all(hold_);
  }

  std::string path_, hold_;
  std::optional<Lease> lease_;
};

}  // namespace

bool has_exports(const OutputSpec& output) { return output.windows || !output.formats.empty(); }

void check_exports(const Setup& setup) {
  // One that is to be trained is byte-level, without a normalizer, and has at most as many entries as it is asked for.
  const VocabularyTraits vocabulary = setup.tokenizer ? VocabularyTraits{setup.tokenizer->vocab_size(), setup.tokenizer->lossless()}
                                                      : VocabularyTraits{setup.job.tokenizer.train->vocab_size, true};
  for (const ExportSpec& spec : setup.job.output.formats) check_vocabulary(spec, vocabulary);
}

std::vector<std::string> write_exports(const std::string& folder, const Setup& setup, World& world) {
  const std::string data = folder + "/" + std::string(kDatasetFileName);
  std::vector<std::string> lines;
  if (setup.job.output.windows) append(lines, write_windows_beside(data, *setup.job.output.windows, folder, world));
  for (const ExportSpec& spec : setup.job.output.formats) {
    const std::string to = folder + "/" + std::string(name(spec));
    if (world.is_root()) {
      remove_all(to);
      make_folders(to);
    }
    world.barrier();
    append(lines, export_dataset({data, spec, export_json(spec), to}, checked_decoder(*setup.tokenizer), world));
  }
  return lines;
}

void export_files(const ExportCommand& command, std::ostream& out, World& world) {
  const ExportJob job = load_export(command.format, command.sets);
  // Before a folder is made: who trains on an export does not look at the data set again.
  if (command.verify) verify_dataset(command.path, world);
  const DatasetReader data(command.path);
  check_vocabulary(job.spec, {data.provenance().vocab_size, true});  // whether texts can be had: the decoder says
  const TokenDecoder decode = std::holds_alternative<JsonlExport>(job.spec) ? checked_decoder(data) : TokenDecoder();
  const std::string to = clean_path(command.to);
  ExportFolder folder(to);
  if (world.is_root()) folder.begin(command.overwrite);
  world.barrier();
  const std::vector<std::string> lines = export_dataset({data.path(), job.spec, job.canonical, folder.aside()}, decode, world);
  if (!world.is_root()) return;
  folder.publish(File(data.path(), File::Mode::read).status().mode);
  for (const std::string& line : lines) out << line << '\n';
}

}  // namespace quern
