#pragma once
// The words in which the tables of job keys (job_keys.cpp) are written: a section is a list of names, members and kinds.
// One table serves both ways, from the job file and to the canonical form, so a key is added in one place.

#include "plan/job_value.hpp"
#include "plan/nearest_name.hpp"
#include "plan/quantities.hpp"
#include "plan/schema_words.hpp"
#include "quern/base/error.hpp"
#include "quern/base/job/side_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

/// How a member of S is read from its value, and written as JSON.
template <class S>
struct Kind {
  std::function<void(S&, const JobValue&, const std::string& folder)> read;
  std::function<std::string(const S&)> write;                        ///< empty: it has no form as JSON
  std::function<std::string(const std::string& key_path)> schema;    ///< what a value may be, as JSON Schema (plan/schema_words.hpp)
  bool is_required = false;
  bool is_computed = true;  ///< part of the canonical form
  std::function<std::string(const S&)> place = nullptr;  ///< as `write`, with the paths that the canonical form has no use for; empty: as `write`
  std::function<bool(const S&)> is_given = nullptr;      ///< false: no job file could say so, it is the default of a key that is not there
};

/// What a job is written for.
enum class Form {
  canonical,  ///< to be compared: what decides the output, without places
  placed      ///< to be run again: the same with paths, and content of files by their paths
};

template <class S>
struct Key {
  std::string_view name;
  Kind<S> kind;
};

template <class S>
using Section = std::vector<Key<S>>;

template <class T>
using Names = std::vector<std::pair<std::string_view, T>>;

/// A JSON string.
std::string json_quoted(std::string_view text);
/// Members sorted by name; an empty value is left out.
std::string json_object(const std::map<std::string, std::string>& members);
std::string json_list(const std::vector<std::string>& items);
/// A path of the job file, absolute: relative ones begin at the folder of the job file.
std::string absolute_path(const std::string& folder, const JobValue& value);

[[noreturn]] void fail_unknown(const JobValue& value, std::string_view what, std::string_view word,
                               const std::vector<std::string_view>& names);

template <class S>
std::vector<std::string_view> names_of(const Section<S>& section) {
  std::vector<std::string_view> names;
  for (const Key<S>& key : section) names.push_back(key.name);
  return names;
}

template <class S>
void read_section(S& to, const JobValue& value, const Section<S>& section, const std::string& folder) {
  if (value.kind != JobValue::Kind::map && value.kind != JobValue::Kind::null) {
    fail_at(value, fmt::format("keys are expected ({}), not {}", fmt::join(names_of(section), ", "), describe(value)));
  }
  for (const JobValue& child : value.children) {
    const auto key = std::ranges::find(section, child.key, &Key<S>::name);
    if (key == section.end()) fail_unknown(child, "unknown key", child.path, names_of(section));
    key->kind.read(to, child, folder);
  }
  for (const Key<S>& key : section) {
    if (key.kind.is_required && !value.find(key.name)) fail_at(value, fmt::format("the key '{}' is missing", key.name));
  }
}

template <class S>
std::string write_section(const S& from, const Section<S>& section, Form form = Form::canonical) {
  std::map<std::string, std::string> members;
  for (const Key<S>& key : section) {
    if (form == Form::placed && key.kind.is_given && !key.kind.is_given(from)) continue;
    if (form == Form::placed && key.kind.place) members.emplace(key.name, key.kind.place(from));
    else if (key.kind.write && key.kind.is_computed) members.emplace(key.name, key.kind.write(from));
  }
  return json_object(members);
}

/// A map of these keys and no others. Each has its description, and its default where that is no section of its own.
template <class S>
std::string schema_of_section(const Section<S>& section, const std::string& path) {
  std::map<std::string, std::string> properties;
  std::vector<std::string> required_names;
  const S with_defaults{};
  for (const Key<S>& key : section) {
    const std::string key_path = path.empty() ? std::string(key.name) : fmt::format("{}.{}", path, key.name);
    const std::string standard = key.kind.write && !key.kind.is_required ? key.kind.write(with_defaults) : std::string();
    properties.emplace(key.name, schema_of_key(key.kind.schema ? key.kind.schema(key_path) : schema_of_anything(), key_path, standard));
    if (key.kind.is_required) required_names.push_back(json_quoted(key.name));
  }
  return schema_of_map(properties, required_names);
}

/// A schema that is the same wherever the key stands.
inline std::function<std::string(const std::string&)> any_path(std::string (*schema)()) {
  return [schema](const std::string&) { return schema(); };
}

// ---- what may stand behind a kind ----

template <class S>
Kind<S> required(Kind<S> kind) {
  kind.is_required = true;
  return kind;
}

/// A capacity or a place: it changes nothing that is computed.
template <class S>
Kind<S> not_computed(Kind<S> kind) {
  kind.is_computed = false;
  return kind;
}

/// A key that is younger than the canonical form: at its default it is no part of it, which is as it was before there was such a key.
template <class S>
Kind<S> new_key(Kind<S> kind) {
  kind.write = [write = std::move(kind.write)](const S& from) {
    std::string value = write(from);
    return value == write(S{}) ? std::string() : value;
  };
  return kind;
}

/// Of the run, and not of what it makes.
template <class S>
Kind<S> without_place(Kind<S> kind) {
  kind.place = nullptr;
  return kind;
}

// ---- kinds ----

template <class S>
Kind<S> text(std::string S::*member) {
  return {[member](S& to, const JobValue& value, const std::string&) { to.*member = read_text(value); },
          [member](const S& from) { return json_quoted(from.*member); }, any_path(schema_of_text)};
}

/// `place` is what it writes where paths are wanted.
template <class S>
Kind<S> with_place(Kind<S> kind, std::function<std::string(const S&)> place) {
  kind.place = std::move(place);
  return kind;
}

/// Of a path, or another text that cannot be empty: it is left out then.
inline std::string json_path(const std::string& path) { return path.empty() ? std::string() : json_quoted(path); }

template <class S>
Kind<S> path(std::string S::*member) {
  return with_place<S>({[member](S& to, const JobValue& value, const std::string& folder) { to.*member = absolute_path(folder, value); }, nullptr,
                        any_path(schema_of_path)},
                       [member](const S& from) { return json_path(from.*member); });
}

/// A file whose content decides what is computed: it is read and hashed here, on every rank.
SideFile read_side_file(const JobValue& value, const std::string& folder);
/// Of all bytes of the file: as in SideFile. Throws Error{store}.
Hash128 side_file_digest(const std::string& path);

template <class S>
Kind<S> side_file(SideFile S::*member) {
  return with_place<S>({[member](S& to, const JobValue& value, const std::string& folder) { to.*member = read_side_file(value, folder); },
                        [member](const S& from) { return (from.*member).path.empty() ? std::string() : json_quoted((from.*member).digest.hex()); },
                        any_path(schema_of_path)},
                       [member](const S& from) { return json_path((from.*member).path); });
}

template <class S>
Kind<S> side_files(std::vector<SideFile> S::*member) {
  Kind<S> kind = {[member](S& to, const JobValue& value, const std::string& folder) {
            if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list is expected, not {}", describe(value)));
            (to.*member).clear();
            for (const JobValue& item : value.children) (to.*member).push_back(read_side_file(item, folder));
          },
          [member](const S& from) {
            std::vector<std::string> digests;
            for (const SideFile& file : from.*member) digests.push_back(json_quoted(file.digest.hex()));
            return json_list(digests);
          },
          [](const std::string&) { return schema_of_list(schema_of_path()); }};
  return with_place<S>(kind, [member](const S& from) {
    std::vector<std::string> paths;
    for (const SideFile& file : from.*member) paths.push_back(json_path(file.path));
    return json_list(paths);
  });
}

template <class S>
Kind<S> flag(bool S::*member) {
  return {[member](S& to, const JobValue& value, const std::string&) { to.*member = read_flag(value); },
          [member](const S& from) { return std::string(from.*member ? "true" : "false"); }, any_path(schema_of_flag)};
}

inline void check_bounds(const JobValue& value, std::uint64_t number, std::uint64_t least, std::uint64_t most,
                         std::string (*show)(std::uint64_t)) {
  if (number < least) fail_at(value, fmt::format("{} is too small: at least {}", value.text, show(least)));
  if (number > most) fail_at(value, fmt::format("{} is too large: at most {}", value.text, show(most)));
}

template <class S, class T>
std::function<bool(const S&)> within(T S::*member, std::uint64_t least, std::uint64_t most) {
  return [=](const S& from) { return from.*member >= least && from.*member <= most; };
}

template <class S, class T>
Kind<S> count(T S::*member, std::uint64_t least = 0, std::uint64_t most = std::numeric_limits<T>::max()) {
  return {[=](S& to, const JobValue& value, const std::string&) {
            const std::uint64_t number = read_count(value);
            check_bounds(value, number, least, most, [](std::uint64_t n) { return std::to_string(n); });
            to.*member = static_cast<T>(number);
          },
          [member](const S& from) { return std::to_string(from.*member); },
          [=](const std::string&) { return schema_of_count(least, most); },
          false,
          true,
          nullptr,
          within(member, least, most)};
}

template <class S>
Kind<S> bytes(std::uint64_t S::*member, std::uint64_t least, std::uint64_t most) {
  return {[=](S& to, const JobValue& value, const std::string&) {
            to.*member = read_bytes(value);
            check_bounds(value, to.*member, least, most, bytes_text);
          },
          [member](const S& from) { return std::to_string(from.*member); },
          [=](const std::string&) { return schema_of_bytes(least, most); },
          false,
          true,
          nullptr,
          within(member, least, most)};
}

/// Permissions of files. Who may read them changes nothing that is computed.
template <class S>
Kind<S> permissions(unsigned S::*member) {
  return not_computed<S>({[member](S& to, const JobValue& value, const std::string&) { to.*member = read_permissions(value); },
                          [member](const S& from) { return fmt::format("\"{:04o}\"", from.*member); }, any_path(schema_of_permissions)});
}

/// In the job file a decimal number; in the member its millionths.
template <class S>
Kind<S> ratio(std::uint64_t S::*member, std::uint64_t least = 0, std::uint64_t most = UINT64_MAX) {
  return {[=](S& to, const JobValue& value, const std::string&) {
            to.*member = read_millionths(value);
            check_bounds(value, to.*member, least, most, millionths_text);
          },
          [member](const S& from) { return millionths_text(from.*member); },
          [=](const std::string&) { return schema_of_ratio(least, most); },
          false,
          true,
          nullptr,
          within(member, least, most)};
}

template <class T>
std::vector<std::string_view> words_of(const Names<T>& names) {
  std::vector<std::string_view> words;
  for (const auto& [name, meaning] : names) words.push_back(name);
  return words;
}

template <class T>
T read_name(const JobValue& value, const Names<T>& names) {
  const std::string& word = read_text(value);
  std::vector<std::string_view> known;
  for (const auto& [name, meaning] : names) {
    if (name == word) return meaning;
    known.push_back(name);
  }
  fail_unknown(value, "unknown value", word, known);
}

template <class S, class T>
Kind<S> choice(T S::*member, Names<T> names) {
  return {[=](S& to, const JobValue& value, const std::string&) { to.*member = read_name(value, names); },
          [=](const S& from) {
            return json_quoted(std::ranges::find(names, from.*member, &std::pair<std::string_view, T>::second)->first);
          },
          [=](const std::string&) { return schema_of_names(words_of(names)); }};
}

/// One of several names that stays a text.
template <class S>
Kind<S> name(std::string S::*member, Names<std::string> names) {
  return {[=](S& to, const JobValue& value, const std::string&) { to.*member = read_name(value, names); },
          [member](const S& from) { return json_quoted(from.*member); },
          [=](const std::string&) { return schema_of_names(words_of(names)); },
          false,
          true,
          [member](const S& from) { return json_path(from.*member); }};
}

template <class S>
Kind<S> texts(std::vector<std::string> S::*member) {
  return {[member](S& to, const JobValue& value, const std::string&) {
            if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list is expected, not {}", describe(value)));
            (to.*member).clear();
            for (const JobValue& item : value.children) (to.*member).push_back(read_text(item));
          },
          [member](const S& from) {
            std::vector<std::string> items;
            for (const std::string& item : from.*member) items.push_back(json_quoted(item));
            return json_list(items);
          },
          [](const std::string&) { return schema_of_list(schema_of_text()); }};
}

template <class S, class T>
Kind<S> section(T S::*member, const Section<T>& keys) {
  Kind<S> kind = {[member, &keys](S& to, const JobValue& value, const std::string& folder) { read_section(to.*member, value, keys, folder); },
          [member, &keys](const S& from) { return write_section(from.*member, keys); },
          [&keys](const std::string& key_path) { return schema_or_nothing(schema_of_section(keys, key_path)); }};
  return with_place<S>(kind, [member, &keys](const S& from) { return write_section(from.*member, keys, Form::placed); });
}

/// A section that can be absent.
template <class S, class T>
Kind<S> optional_section(std::optional<T> S::*member, const Section<T>& keys) {
  Kind<S> kind = {[member, &keys](S& to, const JobValue& value, const std::string& folder) {
            read_section((to.*member).emplace(), value, keys, folder);
          },
          [member, &keys](const S& from) { return from.*member ? write_section(*(from.*member), keys) : std::string(); },
          [&keys](const std::string& key_path) { return schema_or_nothing(schema_of_section(keys, key_path)); }};
  return with_place<S>(kind, [member, &keys](const S& from) { return from.*member ? write_section(*(from.*member), keys, Form::placed) : std::string(); });
}

/// A step that `false` turns off; `true`, and nothing, mean its defaults.
template <class S, class T>
Kind<S> step(std::optional<T> S::*member, const Section<T>& keys) {
  Kind<S> kind = {[member, &keys](S& to, const JobValue& value, const std::string& folder) {
            (to.*member).emplace();
            if (value.kind != JobValue::Kind::scalar) return read_section(*(to.*member), value, keys, folder);
            if (!read_flag(value)) (to.*member).reset();
          },
          [member, &keys](const S& from) { return from.*member ? write_section(*(from.*member), keys) : std::string("false"); },
          [&keys](const std::string& key_path) { return schema_or_flag(schema_of_section(keys, key_path)); }};
  return with_place<S>(kind, [member, &keys](const S& from) { return from.*member ? write_section(*(from.*member), keys, Form::placed) : std::string("false"); });
}

/// The same; one that is off is not part of the canonical form, which is as it was before there was such a step.
template <class S, class T>
Kind<S> new_step(std::optional<T> S::*member, const Section<T>& keys) {
  Kind<S> kind = step(member, keys);
  kind.write = optional_section(member, keys).write;
  kind.place = optional_section(member, keys).place;
  return kind;
}

template <class S, class T>
Kind<S> list_of_sections(std::vector<T> S::*member, const Section<T>& keys) {
  const auto write = [member, &keys](const S& from, Form form) {
    std::vector<std::string> items;
    for (const T& item : from.*member) items.push_back(write_section(item, keys, form));
    return json_list(items);
  };
  Kind<S> kind = {[member, &keys](S& to, const JobValue& value, const std::string& folder) {
            if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list is expected, not {}", describe(value)));
            (to.*member).clear();
            for (const JobValue& item : value.children) read_section((to.*member).emplace_back(), item, keys, folder);
          },
          [write](const S& from) { return write(from, Form::canonical); },
          [&keys](const std::string& key_path) { return schema_of_list(schema_of_section(keys, key_path)); }};
  return with_place<S>(kind, [write](const S& from) { return write(from, Form::placed); });
}

}  // namespace quern
