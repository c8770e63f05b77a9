#include "quern/clean/steps.hpp"

namespace quern {

Reason apply(const TrimLinesSpec&, std::string& text) {
  std::size_t to = 0;     // what stays of the text
  std::size_t solid = 0;  // up to the last character of the line that is no space
  for (const char c : text) {
    if (c == '\n') to = solid;
    text[to++] = c;
    if (c != ' ' && c != '\t') solid = to;
  }
  text.resize(solid);
  return Reason::none;
}

}  // namespace quern
