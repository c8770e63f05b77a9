#pragma once
// Removes every character of a set: what zero_width and control_characters share.

#include <span>
#include <string>
#include <vector>

namespace quern {

struct CharacterRange {
  char32_t first;
  char32_t last;
};

class CharacterRemover {
 public:
  /// Ranges may lie in any order and may not overlap. All of them lie in what scan() of the .cpp file looks at.
  explicit CharacterRemover(std::vector<CharacterRange> ranges);

  /// With `keep_flags`, tag characters (U+E0020..U+E007F) stay behind the black flag that they make one of a region.
  void remove_from(std::string& text, bool keep_flags) const;

 private:
  bool has(char32_t c) const noexcept;

  std::vector<CharacterRange> ranges_;  // ascending
};

}  // namespace quern
