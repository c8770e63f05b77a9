#pragma once
// How a job names a field of a record: "a.b.0.c".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// The names on the way to the field, outermost first. They are parted by dots; a backslash before a dot or a backslash takes it as a part
/// of the name. Nothing when a name is empty, or a backslash stands before anything else.
std::optional<std::vector<std::string>> parse_field_path(std::string_view path);

/// The number that a name is, when it is one as an index is written: digits, no needless zeros before them.
std::optional<std::size_t> index_of_name(std::string_view name) noexcept;

}  // namespace quern
