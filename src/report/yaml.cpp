#include "report/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace quern {

namespace {

using Json = nlohmann::ordered_json;

bool is_plain(std::string_view text) {
  constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/'; };
  if (text.empty() || !letter(text.front()) || std::ranges::find(kWords, text) != std::end(kWords)) return false;
  return std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

std::string quoted(const Json& text) { return text.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string scalar(const Json& json) {
  if (json.is_string() && is_plain(json.get_ref<const std::string&>())) return json.get<std::string>();
  return quoted(json);
}

std::string key_of(const std::string& key) { return is_plain(key) ? key : quoted(Json(key)); }

/// What fits on the line of its key.
bool is_short(const Json& json) {
  if (!json.is_structured() || json.empty()) return true;
  return json.is_array() && std::ranges::none_of(json, [](const Json& item) { return item.is_structured(); });
}

std::string on_one_line(const Json& json) {
  if (!json.is_array()) return scalar(json);
  std::string items;
  for (const Json& item : json) {
    if (!items.empty()) items += ", ";
    items += scalar(item);
  }
  return fmt::format("[{}]", items);
}

void append(std::string& to, const Json& json, std::size_t indent);

/// "key: value" lines; the first one goes on where the line is.
void append_members(std::string& to, const Json& object, std::size_t indent) {
  bool first = true;
  for (const auto& [key, value] : object.items()) {
    if (!first) to.append(indent, ' ');
    first = false;
    to += key_of(key);
    if (is_short(value)) {
      to += fmt::format(": {}\n", on_one_line(value));
      continue;
    }
    to += ":\n";
    to.append(indent + 2, ' ');
    append(to, value, indent + 2);
  }
}

void append(std::string& to, const Json& json, std::size_t indent) {
  if (is_short(json)) {
    to += on_one_line(json) + "\n";
  } else if (json.is_object()) {
    append_members(to, json, indent);
  } else {
    bool first = true;
    for (const Json& item : json) {
      if (!first) to.append(indent, ' ');
      first = false;
      to += "- ";
      append(to, item, indent + 2);
    }
  }
}

}  // namespace

std::string to_yaml(const Json& json) {
  std::string yaml;
  append(yaml, json, 0);
  return yaml;
}

}  // namespace quern
