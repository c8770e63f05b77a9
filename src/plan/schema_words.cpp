#include "plan/schema_words.hpp"

#include "quern/plan/key_texts.hpp"
#include "plan/quantities.hpp"
#include "plan/section.hpp"

namespace quern {

namespace {

std::string bounded(std::string schema, const std::string& least, const std::string& most) {
  if (least != "0" && !least.empty()) schema += fmt::format(R"(,"minimum":{})", least);
  else schema += R"(,"minimum":0)";
  if (!most.empty()) schema += fmt::format(R"(,"maximum":{})", most);
  return schema + '}';
}

}  // namespace

// A text may stand without quotes where YAML takes it for a number or a flag.
std::string schema_of_text() { return R"({"type":["string","number","boolean"]})"; }
std::string schema_of_path() { return R"({"type":"string","minLength":1})"; }
std::string schema_of_flag() { return R"({"type":"boolean"})"; }
std::string schema_of_permissions() { return R"({"anyOf":[{"type":"string","pattern":"^0?[67][0246][0246]$"},{"type":"integer"}]})"; }
std::string schema_of_anything() { return "{}"; }

std::string schema_of_names(const std::vector<std::string_view>& names) {
  std::vector<std::string> words;
  for (const std::string_view name : names) words.push_back(json_quoted(name));
  return fmt::format(R"({{"enum":{}}})", json_list(words));
}

std::string schema_of_count(std::uint64_t least, std::uint64_t most) {
  return bounded(R"({"type":"integer")", std::to_string(least), most == UINT64_MAX ? "" : std::to_string(most));
}

std::string schema_of_bytes(std::uint64_t least, std::uint64_t most) {
  const std::string with_unit = R"({"type":"string","pattern":"^[0-9]*[.]?[0-9]+ *(B|[kK]B|KiB|[MGT]i?B)?$"})";
  return schema_of_either({schema_of_count(least, most), with_unit});
}

std::string schema_of_ratio(std::uint64_t least, std::uint64_t most) {
  return bounded(R"({"type":"number")", millionths_text(least), most == UINT64_MAX ? "" : millionths_text(most));
}

std::string schema_of_list(const std::string& item) { return fmt::format(R"({{"type":"array","items":{}}})", item); }

std::string schema_of_either(const std::vector<std::string>& schemas) { return fmt::format(R"({{"anyOf":{}}})", json_list(schemas)); }

std::string schema_of_map(const std::map<std::string, std::string>& properties, const std::vector<std::string>& required_names) {
  const std::string required = required_names.empty() ? "" : fmt::format(R"(,"required":{})", json_list(required_names));
  return fmt::format(R"({{"type":"object","properties":{},"additionalProperties":false{}}})", json_object(properties), required);
}

std::string schema_or_nothing(const std::string& schema) { return schema_of_either({R"({"type":"null"})", schema}); }
std::string schema_or_flag(const std::string& schema) { return schema_of_either({R"({"type":["boolean","null"]})", schema}); }

std::string schema_of_one_key(const std::vector<std::string_view>& bare, const std::map<std::string, std::string>& sections) {
  const std::string map = fmt::format(R"({{"type":"object","properties":{},"additionalProperties":false,"minProperties":1,"maxProperties":1}})",
                                      json_object(sections));
  return schema_of_either({schema_of_names(bare), map});
}

std::string schema_of_key(const std::string& schema, const std::string& key_path, const std::string& standard) {
  std::map<std::string, std::string> words;
  if (const std::string text = text_of_key(key_path); !text.empty()) words.emplace("description", json_quoted(text));
  const bool is_section = schema.find(R"("properties")") != std::string::npos;
  if (!is_section && !standard.empty() && standard != R"("")") words.emplace("default", standard);
  if (words.empty()) return schema;
  const std::string more = json_object(words);
  return schema == "{}" ? more : fmt::format("{},{}", more.substr(0, more.size() - 1), schema.substr(1));
}

}  // namespace quern
