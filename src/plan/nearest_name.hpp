#pragma once
// "did you mean …"

#include <span>
#include <string>
#include <string_view>

namespace quern {

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean 'x'?" for the nearest name if it is near enough to be meant, otherwise "; known: x, y, z".
std::string suggestion(std::string_view word, std::span<const std::string_view> names);

}  // namespace quern
