#pragma once
// The one place that calls CLD2.

#include "quern/classify/language.hpp"

#include <string>
#include <vector>

namespace quern {

/// `text` may be any bytes: what is not valid UTF-8 never reaches CLD2, which crashes on it. Bytes are appended to it meanwhile.
LanguageGuess guess_by_cld2(std::string& text, bool html);

/// Every label that it may give.
std::vector<std::string> cld2_labels();

}  // namespace quern
