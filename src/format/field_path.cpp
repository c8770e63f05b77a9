#include "quern/format/field_path.hpp"

#include <charconv>

namespace quern {

std::optional<std::vector<std::string>> parse_field_path(std::string_view path) {
  std::vector<std::string> names(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') {
      if (names.back().empty()) return std::nullopt;
      names.emplace_back();
      continue;
    }
    if (path[i] == '\\') {
      if (++i == path.size() || (path[i] != '.' && path[i] != '\\')) return std::nullopt;
    }
    names.back() += path[i];
  }
  if (names.back().empty()) return std::nullopt;
  return names;
}

std::optional<std::size_t> index_of_name(std::string_view name) noexcept {
  if (name.empty() || (name.size() > 1 && name.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return index;
}

}  // namespace quern
