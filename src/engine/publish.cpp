#include "engine/publish.hpp"

#include "quern/base/error.hpp"
#include "quern/base/hash.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/store/file.hpp"
#include "quern/store/lease.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace quern {

namespace {

/// In the folder aside: the work folder of the run that made it, and the epoch of the lease under which it did.
constexpr const char* kOwnerName = "work-folder";

std::string claim_in(const std::string& folder) {
  const std::string path = folder + "/" + kOwnerName;
  return path_exists(path) ? read_file(path) : "";
}

Publication::Owner owner_from(const std::string& text) {
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
  // Names of this run's own beside the output: whoever holds the work folder is alone with them.
  const std::string own = fmt::format("{}.quern-{:016x}", path_, hash64(work_folder));
  const std::string fresh = own + "-new", old = own + "-old";
  remove_all(fresh);
  remove_all(old);
  const std::string claim = claim_in(aside());
  const Owner owner = owner_from(claim);
  // What an earlier attempt has shaped may have been published, and taken away since: then this is another folder, with another epoch.
  if (shaped_epoch != 0 && owner.work_folder == work_folder && owner.epoch == shaped_epoch) return true;
  if (owner.work_folder != work_folder) refuse_if_alive(owner);
  if (path_exists(aside())) take_away(old, claim);
  make_folders(fresh, 0700);
  publish_file(fresh + "/" + kOwnerName, fmt::format("{}\n{}\n", epoch, work_folder), 0600);
  try {
    rename_path(fresh, aside());  // fails when a folder with anything in it is there
  } catch (const Error&) {
    remove_all(fresh);
    if (!path_exists(aside())) throw;
    refuse_if_alive(owner_from(claim_in(aside())));
    throw;
  }
  return false;
}

void Publication::refuse_if_alive(const Owner& owner) const {
  if (owner.work_folder.empty() || !path_exists(owner.work_folder) || !lease_is_held(owner.work_folder, kLeasePatience)) return;
  fail(ErrorKind::refused, "{}: the run of the work folder {} ({}) writes the same output: wait for it, or choose another output.path", path_,
       owner.work_folder, lease_holder(owner.work_folder));
}

/// Moves the folder aside away and removes it, if it still is the one that was looked at: another run may just have made it anew.
void Publication::take_away(const std::string& to, const std::string& claim) const {
  try {
    rename_path(aside(), to);
  } catch (const Error&) {
    if (path_exists(aside())) throw;
    return;
  }
  if (claim_in(to) != claim) {
    rename_path(to, aside());
    fail(ErrorKind::refused, "{}: another run began to write the same output at this moment: wait for it, or choose another output.path", path_);
  }
  remove_all(to);
}

void Publication::commit(const std::string& work_folder) const {
  if (owner_from(claim_in(aside())).work_folder != work_folder) {
    fail(ErrorKind::refused, "{}: another run has taken over this output: choose another output.path for one of them", path_);
  }
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
