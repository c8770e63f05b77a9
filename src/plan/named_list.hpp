#pragma once
// A list in a job file whose items are one of several named sections, in the order in which they are done: `filter`, `clean.steps`.

#include "plan/section.hpp"

#include <variant>

namespace quern {

/// One alternative of the variant V under its name.
template <class V>
struct NamedKind {
  std::string_view name;
  std::function<V(const JobValue&, const std::string& folder)> read;
  /// Empty for another alternative.
  std::function<std::string(const V&, Form)> write;
  std::function<std::string(const std::string& key_path)> schema;
  std::function<bool()> has_required;  ///< its bare name will not do
};

template <class V>
using NamedKinds = std::vector<NamedKind<V>>;

template <class V, class T>
NamedKind<V> named(std::string_view name, const Section<T>& keys) {
  return {name,
          [&keys](const JobValue& value, const std::string& folder) {
            T spec;
            read_section(spec, value, keys, folder);
            return V(spec);
          },
          [&keys](const V& spec, Form form) { return std::holds_alternative<T>(spec) ? write_section(std::get<T>(spec), keys, form) : ""; },
          [&keys](const std::string& key_path) { return schema_or_nothing(schema_of_section(keys, key_path)); },
          [&keys] { return std::ranges::any_of(keys, [](const Key<T>& key) { return key.kind.is_required; }); }};
}

template <class V>
V read_named(const JobValue& item, const std::string& folder, const NamedKinds<V>& kinds, std::string_view what) {
  std::vector<std::string_view> names;
  for (const NamedKind<V>& kind : kinds) names.push_back(kind.name);
  // "- gopher_quality" is "- gopher_quality: {}".
  const bool bare = item.kind == JobValue::Kind::scalar;
  if (!bare && (item.kind != JobValue::Kind::map || item.children.size() != 1)) {
    fail_at(item, fmt::format("one {} is expected, as in {{{}: {{}}}}, not {}", what, names.back(),
                              item.kind == JobValue::Kind::map ? "several keys" : describe(item)));
  }
  const JobValue& named = bare ? item : item.children.front();
  const std::string& name = bare ? item.text : named.key;
  const auto kind = std::ranges::find(kinds, name, &NamedKind<V>::name);
  if (kind == kinds.end()) fail_unknown(named, fmt::format("unknown {}", what), name, names);
  JobValue nothing;  // of a bare name: no keys, in its place
  nothing.path = item.path + "." + name;
  nothing.where = item.where;
  return kind->read(bare ? nothing : named, folder);
}

template <class V>
std::string write_named(const V& spec, const NamedKinds<V>& kinds, Form form) {
  std::map<std::string, std::string> written;
  for (const NamedKind<V>& kind : kinds) written.emplace(kind.name, kind.write(spec, form));
  return json_object(written);
}

template <class V>
std::string schema_of_named(const NamedKinds<V>& kinds, const std::string& path) {
  std::map<std::string, std::string> sections;
  std::vector<std::string_view> bare;
  for (const NamedKind<V>& kind : kinds) {
    const std::string key_path = fmt::format("{}.{}", path, kind.name);
    sections.emplace(kind.name, schema_of_key(kind.schema(key_path), key_path, {}));
    if (!kind.has_required()) bare.push_back(kind.name);
  }
  return schema_of_one_key(bare, sections);
}

/// `what`: of an item, in messages. `kinds` must live as long as the kind.
template <class S, class V>
Kind<S> named_list(std::vector<V> S::*member, const NamedKinds<V>& kinds, std::string_view what) {
  const auto write = [member, &kinds](const S& from, Form form) {
    std::vector<std::string> items;
    for (const V& spec : from.*member) items.push_back(write_named(spec, kinds, form));
    return json_list(items);
  };
  Kind<S> kind = {[member, &kinds, what](S& to, const JobValue& value, const std::string& folder) {
            if (value.kind != JobValue::Kind::list) fail_at(value, fmt::format("a list is expected ([] for no {}), not {}", what, describe(value)));
            (to.*member).clear();
            for (const JobValue& item : value.children) (to.*member).push_back(read_named(item, folder, kinds, what));
          },
          [write](const S& from) { return write(from, Form::canonical); },
          [&kinds](const std::string& key_path) { return schema_of_list(schema_of_named(kinds, key_path)); }};
  return with_place<S>(kind, [write](const S& from) { return write(from, Form::placed); });
}

}  // namespace quern
