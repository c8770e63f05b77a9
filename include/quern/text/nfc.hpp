#pragma once
// Normalization Form C of one fixed Unicode version (kUnicodeVersion).

#include <string>
#include <string_view>

namespace quern {

/// Whether valid UTF-8 passes the quick check of UAX #15 (section 9): true means it is in NFC, false that it may not be.
bool passes_nfc_quick_check(std::string_view text) noexcept;

/// Brings valid UTF-8 to NFC and returns whether anything was looked at by ICU; text that passes the quick check is not touched.
/// Only the surroundings of a failing character are given to ICU, from the last normalization boundary before it to the next one:
/// the result is that of the whole text. A newer ICU gives the same bytes (characters younger than the fixed version are left
/// alone, as unassigned ones are); an older one throws Error{plan}.
bool normalize_nfc(std::string& text);

}  // namespace quern
