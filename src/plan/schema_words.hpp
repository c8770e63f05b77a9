#pragma once
// The words of JSON Schema (draft 2020-12) that the kinds of keys are described in. Each returns a schema as JSON.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

std::string schema_of_text();
std::string schema_of_path();
std::string schema_of_flag();
std::string schema_of_permissions();
std::string schema_of_anything();
std::string schema_of_names(const std::vector<std::string_view>& names);
std::string schema_of_count(std::uint64_t least, std::uint64_t most);
std::string schema_of_bytes(std::uint64_t least, std::uint64_t most);
/// In millionths.
std::string schema_of_ratio(std::uint64_t least, std::uint64_t most);
std::string schema_of_list(const std::string& item);
std::string schema_of_either(const std::vector<std::string>& schemas);
/// These keys and no others.
std::string schema_of_map(const std::map<std::string, std::string>& properties, const std::vector<std::string>& required_names);
/// A key that may stand without a value.
std::string schema_or_nothing(const std::string& schema);
/// A step that `true` and `false` turn on and off.
std::string schema_or_flag(const std::string& schema);
/// One of the names `bare`, or a map with one of the keys.
std::string schema_of_one_key(const std::vector<std::string_view>& bare, const std::map<std::string, std::string>& sections);

/// With what docs/job.md says of the key, and its default (JSON; empty: none). The keys of a section have their own.
std::string schema_of_key(const std::string& schema, const std::string& key_path, const std::string& standard);

}  // namespace quern
