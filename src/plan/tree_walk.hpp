#pragma once
// The files below a folder whose names match a glob.

#include "plan/glob.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

struct FoundFile {
  std::string path;
  std::string name;     ///< below the prefix
  std::string real;     ///< the same file's path without symbolic links
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  bool linked = false;  ///< a symbolic link lies on the way from the prefix, or is the file itself
};

struct Walked {
  std::vector<FoundFile> files;        ///< in no order
  std::vector<std::string> left_out;   ///< names that matched, with the reason why they are no input
};

/// Throws Error{plan} for a folder that cannot be listed; a prefix that is not there has no files.
/// A folder is listed once, for whatever parts of the pattern it can still match; links are followed after everything else, in the
/// order of their names, and a folder that was listed already is not listed again through a link. So link loops end, and which
/// of several names a folder keeps does not depend on the file system.
Walked walk_tree(const Glob& glob);

}  // namespace quern
