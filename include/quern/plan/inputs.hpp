#pragma once
// The files a job reads, in input order.

#include "quern/base/job.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

struct InputFile {
  std::uint16_t entry = 0;  ///< number of the `input` entry
  std::string path;         ///< where to open it
  std::string name;         ///< path below the entry's fixed prefix: the same when the corpus is moved
  std::uint64_t bytes = 0;  ///< on disk
  std::int64_t modified_ns = 0;  ///< time of its last change; it decides nothing, but that the content is to be looked at again
  std::uint64_t beside_bytes = 0;  ///< what more there is to read, in other files: the tokens of a data set of layout `sharded`, not deflated
};

/// Lists the inputs: order is entry, then the bytes of the name. docs/job.md ("Which files are read") has the rules in full:
/// `*`, `?`, `[…]` and `**` (any number of folders); names with a leading dot only where the pattern has it too; a file reached through
/// symbolic links is taken once, under its own name if that matches too; `**` goes through no link that leads out of the prefix.
/// A file that two entries read in the same way (format and fields) is taken in the first.
/// `left_out`, if given, receives a line for every name that matched and was not taken, with the reason.
/// Throws Error{plan} for a folder that cannot be listed, and for an entry (or line of a list file) that matches no file.
/// Cost: every folder is read once, every matching file looked up once.
std::vector<InputFile> list_inputs(const Job& job, std::vector<std::string>* left_out = nullptr);

}  // namespace quern
