#pragma once
// Lists in files: one entry per line.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct ListLine {
  std::string text;
  std::uint64_t number = 0;  ///< of its line in the file, from 1
};

/// Whether lines that begin with `#` are entries, or speak of the list.
enum class ListComments { none, hash };

/// The lines of a list that are not blank, without the white space at their ends, in NFC as texts are.
/// @param path for messages: a line that is not UTF-8 throws Error{plan}.
std::vector<ListLine> list_lines(std::string_view bytes, const std::string& path, ListComments comments);

}  // namespace quern
