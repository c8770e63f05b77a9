#pragma once
// What a job does to texts: `clean`, and the steps listed there.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace quern {

enum class InvalidUtf8 { quarantine, repair };
enum class UnicodeForm { nfc, none };

/// Removes spaces and tabs at the ends of lines.
struct TrimLinesSpec {};

/// A step of clean. It changes the text, or removes the document.
using CleanStep = std::variant<TrimLinesSpec>;

struct CleanSpec {
  InvalidUtf8 invalid_utf8 = InvalidUtf8::quarantine;
  UnicodeForm unicode = UnicodeForm::nfc;
  std::vector<CleanStep> steps;  ///< done in this order, after the default clean-up
};

}  // namespace quern
