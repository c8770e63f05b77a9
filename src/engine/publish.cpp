#include "engine/publish.hpp"

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"
#include "quern/write/dataset_reader.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace quern {

namespace {

/// In the folder aside: the work folder of the run that made it, and the epoch of the lease under which it did.
constexpr const char* kOwnerName = "work-folder";

struct Owner {
  std::uint64_t epoch = 0;
  std::string work_folder;
};

Owner owner_from(const std::string& text) {
  const std::size_t line = text.find('\n');
  if (line == std::string::npos || !text.ends_with('\n') || line + 1 == text.size()) return {};
  return {std::strtoull(text.c_str(), nullptr, 10), text.substr(line + 1, text.size() - line - 2)};
}

/// The plan digest of a finished data set; nothing for anything else.
std::optional<std::string> plan_digest_at(const std::string& path) {
  try {
    return DatasetReader(path).provenance().plan_digest;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void set_permissions_below(const std::string& folder, unsigned of_files) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory()) set_permissions_below(at->path().string(), of_files);
    else set_permissions(at->path().string(), of_files);
  }
  if (error) fail(ErrorKind::store, "{}: cannot list the folder: {}", folder, error.message());
  set_permissions(folder, folder_permissions(of_files));
}

}  // namespace

bool Publication::already_done(const Hash128& plan_digest) const {
  if (!path_exists(path_)) return false;
  const auto found = plan_digest_at(path_);
  // Not even --overwrite removes what quern did not make.
  if (!found) fail(ErrorKind::refused, "{}: is there, and is not a finished data set of quern: choose another output.path, or move it away", path_);
  if (*found == plan_digest.hex()) return true;
  if (overwrite_) return false;
  fail(ErrorKind::refused,
       "{}: holds the data set of another job or input (plan digest {}, this one's is {}): choose another output.path, or give --overwrite "
       "to replace it",
       path_, *found, plan_digest.hex());
}

bool Publication::begin(const std::string& work_folder, std::uint64_t epoch, std::uint64_t shaped_epoch) const {
  const std::string owner_path = aside() + "/" + kOwnerName;
  const Owner owner = path_exists(owner_path) ? owner_from(read_file(owner_path)) : Owner{};
  // What an earlier attempt has shaped may have been published, and taken away since: then this is another folder, with another epoch.
  if (shaped_epoch != 0 && owner.work_folder == work_folder && owner.epoch == shaped_epoch) return true;
  if (!owner.work_folder.empty() && owner.work_folder != work_folder && path_exists(owner.work_folder) &&
      lease_is_held(owner.work_folder, kLeasePatience)) {
    fail(ErrorKind::refused, "{}: the run of the work folder {} ({}) writes the same output: wait for it, or choose another output.path", path_,
         owner.work_folder, lease_holder(owner.work_folder));
  }
  remove_all(aside());
  make_folders(aside(), 0700);
  publish_file(owner_path, fmt::format("{}\n{}\n", epoch, work_folder), 0600);
  return false;
}

void Publication::commit() const {
  // Another run into the same output would have cleared the folder: what has no data in it is not published.
  if (!path_exists(aside() + "/" + std::string(kDatasetFileName))) {
    fail(ErrorKind::store, "{}: the data set is gone: does another run write the same output?", aside());
  }
  remove_all(aside() + "/" + kOwnerName);
  const std::string old = path_ + ".quern-replaced";
  const std::string parent = std::filesystem::path(path_).parent_path().string();
  set_permissions_below(aside(), mode_);
  sync_folder(aside());
  remove_all(old);
  if (path_exists(path_)) rename_path(path_, old);
  rename_path(aside(), path_);
  sync_folder(parent.empty() ? "." : parent);
  remove_all(old);
}

}  // namespace quern
