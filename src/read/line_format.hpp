#pragma once
// What is made of a line, apart from where lines begin and end.

#include "quern/format/line_fields.hpp"

#include <cstdint>
#include <string_view>

namespace quern {

class LineFormat {
 public:
  virtual ~LineFormat() = default;
  /// Whether the line that begins at `offset` of the file is no record.
  virtual bool passes_over(std::string_view line, std::uint64_t offset) const = 0;
  /// `line` is followed by kJsonPadding readable bytes. `stands_alone`: nobody could take it for a part of a line, so that beside a damage it
  /// is taken in too.
  virtual LineFields parse(std::string_view line, bool& stands_alone) = 0;
};

}  // namespace quern
