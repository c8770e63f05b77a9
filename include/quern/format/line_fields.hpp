#pragma once
// What one line of an input file gives, whatever its format.

#include "quern/base/verdict.hpp"

#include <string>
#include <string_view>

namespace quern {

/// The views live until the parser's next call, and as long as the line. All but `text` are known also when only the text is bad.
struct LineFields {
  Reason bad = Reason::none;  ///< none, json, field or utf8
  std::string_view text;      ///< when none is bad
  std::string_view own_id;
  std::string_view source;
  std::string_view url;
  std::string_view date;
  std::string_view metadata;  ///< one JSON object without white space; empty: nothing was found, or asked for
  std::string message;        ///< what is wrong, and at which byte of the line (counted from 0)
};

}  // namespace quern
