#pragma once
// One function for each step that a job may list under `clean.steps`. Each is in src/clean/ under its own name. A step with files or
// tables is a class made once: `<Name> prepare(const <Name>Spec&)` beside it (base/prepared.hpp), and apply() takes a <Name>.

#include "quern/base/job/clean.hpp"
#include "quern/base/verdict.hpp"

#include <string>

namespace quern {

/// Changes the text, which is valid UTF-8 and stays so. Returns Reason::none, or why the document is removed.
Reason apply(const TrimLinesSpec& spec, std::string& text);

}  // namespace quern
