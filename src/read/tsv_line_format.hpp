#pragma once
// Tab-separated files: a line that is not empty is a record, but for the header.

#include "quern/format/tsv.hpp"
#include "read/line_format.hpp"

namespace quern {

class TsvLineFormat : public LineFormat {
 public:
  TsvLineFormat(const InputSpec& entry, InvalidUtf8 policy) : parser_(entry, policy), has_header_(entry.header) {}
  TsvLineParser& parser() { return parser_; }
  bool passes_over(std::string_view line, std::uint64_t offset) const override { return line.empty() || (has_header_ && offset == 0); }
  /// A part of a line looks as a line does.
  LineFields parse(std::string_view line, bool& stands_alone) override {
    stands_alone = false;
    return parser_.parse(line);
  }

 private:
  TsvLineParser parser_;
  bool has_header_;
};

}  // namespace quern
