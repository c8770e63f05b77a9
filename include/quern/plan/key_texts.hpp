#pragma once
// What the documentation says of each key: the tables of docs/job.md and of the pages it leads to are part of the program.

#include <string>

namespace quern {

/// The meaning of a key by its path (`dedup.near.threshold`, of lists without numbers: `filter.length.min_chars`). Empty: the tables do not
/// have it. Cost: the tables are read at the first call.
std::string text_of_key(const std::string& path);

}  // namespace quern
