#pragma once
// Pictures that the sections share. Bars stretch with the page; words stand beside them, so that they keep their size.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern::page {

struct Part {
  std::string_view kind;  ///< of the style sheet
  std::uint64_t size = 0;
  std::string name;       ///< HTML, shown when pointed at
};

/// One bar of several parts, `whole` long.
std::string stacked_bar(const std::vector<Part>& parts, std::uint64_t whole);

struct Column {
  std::uint64_t size = 0;
  std::string name;  ///< what is counted, as attribute text
};
/// Columns side by side with an axis below: ticks are (place in [0, 1], label). `about`: what it shows, as attribute text.
std::string histogram(const std::vector<Column>& columns, const std::vector<std::pair<double, std::string>>& ticks, std::string_view about,
                      std::string_view kind = "kept");

/// What the colours mean.
std::string legend(const std::vector<std::pair<std::string_view, std::string_view>>& kinds);

}  // namespace quern::page
