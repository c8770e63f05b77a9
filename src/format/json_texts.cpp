#include "quern/format/json_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace quern {

namespace {

using Json = nlohmann::json;

/// Lists in lists, and members below members: deeper ones hold nothing that a field could mean.
constexpr int kDeepest = 64;

/// Whether all that the path leads to are texts, or nothing.
bool collect(const Json& value, std::string_view path, int depth, std::vector<std::string>& texts) {
  if (depth > kDeepest) return false;
  if (value.is_array()) {
    for (const Json& element : value) {
      if (!collect(element, path, depth + 1, texts)) return false;
    }
    return true;
  }
  if (path.empty()) {
    if (value.is_string()) texts.push_back(value.get<std::string>());
    return !value.is_object();
  }
  if (!value.is_object()) return true;
  if (const auto member = value.find(std::string(path)); member != value.end()) return collect(*member, {}, depth + 1, texts);
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return true;
  const auto member = value.find(std::string(path.substr(0, dot)));
  return member == value.end() || collect(*member, path.substr(dot + 1), depth + 1, texts);
}

std::string id_of(const Json& object, std::string_view id_field) {
  const auto id = object.find(std::string(id_field));
  if (id == object.end()) return {};
  if (id->is_string()) return id->get<std::string>();
  return id->is_number() ? id->dump() : std::string();
}

JsonTexts bad(std::string error) {
  JsonTexts fields;
  fields.error = std::move(error);
  return fields;
}

}  // namespace

JsonTexts read_json_texts(std::string_view line, std::span<const std::string> fields, std::string_view id_field) {
  Json object;
  try {
    object = Json::parse(line);
  } catch (const Json::exception& error) {
    return bad(error.what());
  }
  if (!object.is_object()) return bad("not a JSON object");
  JsonTexts read;
  read.id = id_of(object, id_field);
  for (const std::string& field : fields) {
    if (!collect(object, field, 0, read.texts.emplace_back())) return bad(fmt::format("field '{}' holds neither a text nor a list of texts", field));
  }
  return read;
}

}  // namespace quern
