#pragma once
// Glob patterns: `*`, `?`, `[…]`, `**`, and a backslash before a character that is meant as it is.

#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct GlobPart {
  enum class Kind { literal, pattern, any_depth };
  Kind kind = Kind::literal;
  std::string text;  ///< literal: the name itself, without backslashes
};

/// A pattern cut at its slashes. `prefix` is the longest leading folder without wildcards.
struct Glob {
  std::string prefix;   ///< with a slash at its end; without backslashes
  std::string pattern;  ///< what stands behind the prefix, as it was written
  std::vector<GlobPart> parts;  ///< of the pattern
};

/// `path` is absolute. A slash at the end is ignored.
Glob parse_glob(std::string_view path);

/// Whether a file or folder name matches. As in a shell: `*` any characters, `?` one, `[a-c]` and `[!a-c]` one of a set (of ASCII
/// characters), a leading dot only by a dot. Characters are those of UTF-8; a byte that is none counts as one.
bool matches_part(const GlobPart& part, std::string_view name);

std::string escaped_for_glob(std::string_view path);

}  // namespace quern
