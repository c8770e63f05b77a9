#pragma once
// A file that a job names beside its input: a word list, a model, an evaluation set. What it holds is part of the job.

#include "quern/base/hash.hpp"

#include <string>

namespace quern {

struct SideFile {
  std::string path;  ///< absolute; empty: none was given
  Hash128 digest;    ///< of its bytes, taken when the job was loaded: part of the plan digest, as the path is not
};

/// All bytes of the file. Throws Error{store} where it cannot be read, Error{refused} where they are not those that the job was loaded with.
std::string bytes_of(const SideFile& file);

}  // namespace quern
