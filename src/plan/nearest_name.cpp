#include "plan/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace quern {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

constexpr std::size_t kMostShown = 24;  // a message is read, not searched

std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
  if (names.empty()) return {};
  word = word.substr(0, 100);
  const std::string_view nearest =
      *std::ranges::min_element(names, {}, [word](std::string_view name) { return edit_distance(word, name); });
  // A word that has little in common with every name was not a slip.
  const std::size_t distance = edit_distance(word, nearest);
  if (distance <= 1 + word.size() / 4 && distance < nearest.size()) return fmt::format("; did you mean '{}'?", nearest);
  const std::span<const std::string_view> shown = names.first(std::min(names.size(), kMostShown));
  return fmt::format("; known: {}{}", fmt::join(shown, ", "), names.size() > shown.size() ? fmt::format(" and {} more (docs/)", names.size() - shown.size()) : "");
}

}  // namespace quern
