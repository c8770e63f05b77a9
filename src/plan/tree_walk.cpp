#include "plan/tree_walk.hpp"

#include "quern/base/error.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <unordered_set>

namespace quern {

namespace {

/// Parts of the pattern that the next name may match, as bits.
using Parts = std::uint64_t;

/// A folder to be listed, and what its entries may match.
struct Folder {
  std::string path;  ///< with a slash at its end
  std::string name;  ///< below the prefix; empty or with a slash at its end
  std::string real;  ///< path without links; without a slash at its end, so empty for the root folder
  Parts parts = 0;
  bool linked = false;
};

std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) return std::nullopt;
  return real.get() == std::string_view("/") ? std::string() : std::string(real.get());
}

class TreeWalk {
 public:
  explicit TreeWalk(const Glob& glob) : glob_(glob) {
    constexpr std::size_t kMostParts = 60;
    if (glob.parts.size() > kMostParts) {
      fail(ErrorKind::plan, "{}{}: a pattern of more than {} names", glob.prefix, glob.pattern, kMostParts);
    }
  }

  Walked walk() {
    const std::optional<std::string> real = real_path(glob_.prefix);
    if (!real || glob_.parts.empty()) return {};
    root_ = *real + '/';
    folders_.push_back({glob_.prefix, {}, *real, with_skipped(1), false});
    list_folders();
    while (!links_.empty()) {
      folders_.push_back(links_.extract(links_.begin()).mapped());
      list_folders();
    }
    return std::move(result_);
  }

 private:
  Parts bit(std::size_t part) const { return Parts{1} << part; }
  bool is_last(std::size_t part) const { return part + 1 == glob_.parts.size(); }
  bool is_any_depth(std::size_t part) const { return glob_.parts[part].kind == GlobPart::Kind::any_depth; }

  /// `**` also stands for no folder at all.
  Parts with_skipped(Parts parts) const {
    for (std::size_t i = 0; i + 1 < glob_.parts.size(); ++i) {
      if ((parts & bit(i)) != 0 && is_any_depth(i)) parts |= bit(i + 1);
    }
    return parts;
  }

  template <class F>
  void for_each(Parts parts, F&& f) const {
    for (std::size_t i = 0; i < glob_.parts.size(); ++i) {
      if ((parts & bit(i)) != 0) f(i);
    }
  }

  void list_folders() {
    while (!folders_.empty()) {
      const Folder folder = std::move(folders_.back());
      folders_.pop_back();
      if (!listed_.insert(folder.real + '\0' + std::to_string(folder.parts)).second) continue;
      bool only_literals = true;
      for_each(folder.parts, [&](std::size_t i) { only_literals = only_literals && glob_.parts[i].kind == GlobPart::Kind::literal; });
      only_literals ? look_up_names(folder) : list_names(folder);
    }
  }

  void look_up_names(const Folder& folder) {
    std::unordered_set<std::string_view> names;
    for_each(folder.parts, [&](std::size_t i) {
      if (names.insert(glob_.parts[i].text).second) take(folder, glob_.parts[i].text, DT_UNKNOWN);
    });
  }

  void list_names(const Folder& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.path.c_str()), ::closedir);
    if (!listing) fail_folder(folder);
    errno = 0;
    while (const dirent* const entry = ::readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") take(folder, std::string(name), entry->d_type);
      errno = 0;
    }
    if (errno != 0) fail_folder(folder);
  }

  [[noreturn]] static void fail_folder(const Folder& folder) {
    fail(ErrorKind::plan, "{}: the folder cannot be listed: {}", folder.path, std::strerror(errno));
  }

  /// What the pattern says of a name: whether a file of that name is meant, and what may follow a folder of that name.
  struct Match {
    bool file = false;
    Parts by_name = 0;   ///< behind a part that names the folder
    Parts by_depth = 0;  ///< still inside a `**`
  };

  Match match(Parts parts, std::string_view name) const {
    Match match;
    for_each(parts, [&](std::size_t i) {
      if (!matches_part(glob_.parts[i], name)) return;
      match.file = match.file || is_last(i);
      if (is_any_depth(i)) {
        match.by_depth |= bit(i);
      } else if (!is_last(i)) {
        match.by_name |= bit(i + 1);
      }
    });
    match.by_name = with_skipped(match.by_name);
    match.by_depth = with_skipped(match.by_depth);
    return match;
  }

  void take(const Folder& folder, const std::string& name, unsigned char type) {
    const Match matched = match(folder.parts, name);
    if (!matched.file && matched.by_name == 0 && matched.by_depth == 0) return;
    // A regular file that can only be on the way to others need not be looked up.
    if (!matched.file && type != DT_UNKNOWN && type != DT_DIR && type != DT_LNK) return;
    const std::string path = folder.path + name;
    struct stat status {};
    if (type != DT_DIR && ::lstat(path.c_str(), &status) != 0) return not_there(path);
    if (type == DT_DIR || S_ISDIR(status.st_mode)) {
      enter(folder, name, folder.real + '/' + name, matched.by_name | matched.by_depth);
    } else if (S_ISLNK(status.st_mode)) {
      follow(folder, name, path, matched);
    } else if (matched.file) {
      take_file(folder, name, status, folder.real + '/' + name, folder.linked);
    }
  }

  /// A literal part may name nothing, and a name that was listed may be gone: no match. Anything else hides files.
  static void not_there(const std::string& path) {
    if (errno != ENOENT && errno != ENOTDIR) fail(ErrorKind::plan, "{}: cannot be looked up: {}", path, std::strerror(errno));
  }

  void enter(const Folder& folder, const std::string& name, const std::string& real, Parts parts) {
    if (parts != 0) folders_.push_back({folder.path + name + '/', folder.name + name + '/', real, parts, folder.linked});
  }

  void follow(const Folder& folder, const std::string& name, const std::string& path, const Match& matched) {
    struct stat status {};
    const std::optional<std::string> real = real_path(path);
    if (!real || ::stat(path.c_str(), &status) != 0) {
      if (matched.file) result_.left_out.push_back(folder.name + name + ": a symbolic link that leads nowhere");
    } else if (S_ISDIR(status.st_mode)) {
      const bool inside = (*real + '/').starts_with(root_);
      const Parts parts = matched.by_name | (inside ? matched.by_depth : 0);
      if (!inside && matched.by_depth != 0) {
        result_.left_out.push_back(folder.name + name + ": a symbolic link to a folder out of the tree");
      }
      const std::string below = folder.name + name + '/';
      if (parts != 0) links_.emplace(below, Folder{folder.path + name + '/', below, *real, parts, true});
    } else if (matched.file) {
      take_file(folder, name, status, *real, true);
    }
  }

  void take_file(const Folder& folder, const std::string& name, const struct stat& status, const std::string& real, bool linked) {
    if (!S_ISREG(status.st_mode)) {
      result_.left_out.push_back(folder.name + name + ": neither a file nor a folder");
      return;
    }
    const std::int64_t modified_ns = status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
    result_.files.push_back({folder.path + name, folder.name + name, real, static_cast<std::uint64_t>(status.st_size), modified_ns, linked});
  }

  const Glob& glob_;
  std::string root_;  ///< the prefix without links, with a slash at its end
  std::vector<Folder> folders_;
  std::map<std::string, Folder> links_;  ///< folders behind links, by name, for when all others are listed
  std::unordered_set<std::string> listed_;
  Walked result_;
};

}  // namespace

Walked walk_tree(const Glob& glob) { return TreeWalk(glob).walk(); }

}  // namespace quern
