#pragma once
// JSON lines: a line that is not blank is a record; one that is a whole object stands alone.

#include "quern/format/json_lines.hpp"
#include "read/line_format.hpp"

namespace quern {

class JsonLineFormat : public LineFormat {
 public:
  JsonLineFormat(const InputSpec& entry, InvalidUtf8 policy) : parser_(entry, policy) {}
  bool passes_over(std::string_view line, std::uint64_t) const override { return is_json_blank(line); }
  LineFields parse(std::string_view line, bool& stands_alone) override {
    JsonLine parsed = parser_.parse(line);
    stands_alone = parsed.object;
    return parsed;
  }

 private:
  JsonLineParser parser_;
};

}  // namespace quern
