#pragma once
// Copies parts of a JSON text that has been found right, without the white space.

#include "format/json_fields.hpp"

#include <string>
#include <string_view>

namespace quern {

/// `text` (UTF-8) as a JSON string, quotes included; only what must be is escaped: quotes, backslashes, control characters.
void append_json_string(std::string& to, std::string_view text);

/// Values must be valid JSON, with kJsonPadding readable bytes behind them; `scratch` is as long as a value and kJsonPadding bytes more.
void append_json(std::string& to, std::string_view value, char* scratch);

/// The same without the fields that have a role at `node` and below: members are left out, elements of arrays become null.
void append_json_without_roles(std::string& to, std::string_view value, const FieldTree& tree, const FieldNode& node, char* scratch);

}  // namespace quern
