#include "plan/section.hpp"

#include "quern/base/hash.hpp"
#include "quern/store/file.hpp"

#include <nlohmann/json.hpp>

namespace quern {

std::string json_quoted(std::string_view text) {
  // Job files may hold any bytes; the canonical form is UTF-8.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_object(const std::map<std::string, std::string>& members) {
  std::string object = "{";
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    if (object.size() > 1) object += ',';
    object += json_quoted(name) + ':' + value;
  }
  return object + '}';
}

std::string json_list(const std::vector<std::string>& items) { return fmt::format("[{}]", fmt::join(items, ",")); }

std::string absolute_path(const std::string& folder, const JobValue& value) {
  const std::string& path = read_text(value);
  if (path.empty()) fail_at(value, "a path is expected, not an empty text");
  return path.front() == '/' ? path : folder + path;
}

void fail_unknown(const JobValue& value, std::string_view what, std::string_view word, const std::vector<std::string_view>& names) {
  const std::string_view last_name = what == "unknown key" ? std::string_view(value.key) : word;
  if (what == "unknown key") fail(ErrorKind::plan, "{}: {} '{}'{}", value.where, what, word, suggestion(last_name, names));
  fail_at(value, fmt::format("{} '{}'{}", what, word, suggestion(last_name, names)));
}

Hash128 side_file_digest(const std::string& path) {
  const File file(path, File::Mode::read);
  Hasher128 hasher;
  std::string bytes;
  for (std::uint64_t at = 0; at < file.size(); at += bytes.size()) {
    bytes.resize(std::min<std::uint64_t>(file.size() - at, 1u << 20));
    file.read_at(at, bytes.data(), bytes.size());
    hasher.add(bytes);
  }
  return hasher.digest();
}

SideFile read_side_file(const JobValue& value, const std::string& folder) {
  SideFile side{absolute_path(folder, value), {}};
  try {
    side.digest = side_file_digest(side.path);
  } catch (const Error& error) {
    fail_at(value, error.what());
  }
  return side;
}

}  // namespace quern
