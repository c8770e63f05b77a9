#include "quern/format/json_lines.hpp"

#include "format/json_copy.hpp"
#include "format/json_fields.hpp"
#include "format/json_walk.hpp"
#include "quern/text/utf8.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace quern {

namespace {

/// What a line holds of a field. A key that comes again takes the place of the one before.
struct Field {
  enum class Found : std::uint8_t { missing, usable, other_type };
  Found found = Found::missing;
  JsonString string;
};

struct Member {
  std::string_view key;    ///< unescaped
  std::string_view value;  ///< as it stands in the line
};

/// Of equal keys the last one stays, where it stands.
void drop_repeated(std::vector<Member>& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return members[i].key; });
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (members[order[i]].key == members[order[i + 1]].key) members[order[i]].value = {};
  }
  std::erase_if(members, [](const Member& member) { return member.value.empty(); });
}

/// A block that grows, and keeps nothing when it does.
class Scratch {
 public:
  char* of(std::size_t line_bytes) {
    const std::size_t needed = line_bytes + kJsonPadding;
    if (needed > bytes_) {
      bytes_ = needed + needed / 4;
      block_ = std::make_unique_for_overwrite<char[]>(bytes_);
    }
    return block_.get();
  }

 private:
  std::unique_ptr<char[]> block_;
  std::size_t bytes_ = 0;
};

}  // namespace

struct JsonLineParser::State {
  State(const InputSpec& entry, InvalidUtf8 of) : spec(entry), policy(of), tree(entry), items(entry.metadata.size()) {
    for (const std::string& path : entry.metadata) {
      append_json_string(item_keys.emplace_back(), path);
      item_keys.back() += ':';
    }
  }

  InputSpec spec;
  InvalidUtf8 policy;
  FieldTree tree;
  std::vector<std::string> item_keys;  ///< of the metadata that are asked for, as they are written
  std::string repaired;
  Scratch scratch, copy_scratch;
  // Of the line at hand:
  std::array<Field, kRoles> fields;
  std::vector<std::string_view> items;  ///< of the metadata: the values as they stand in the line
  std::vector<Member> members;          ///< for all_metadata
  std::string metadata;

  Field& field(Role role) { return fields[static_cast<std::size_t>(role)]; }

  /// What was found at a place, and below, is forgotten: the place comes (again).
  void begin_place(const FieldNode& node) {
    for (const Role role : node.roles) field(role) = {Field::Found::other_type, {}};
    for (const Role role : node.roles_below) field(role) = {};
    for (const std::uint32_t item : node.metadata_below) items[item] = {};
  }

  bool read_value(JsonWalk& walk, std::string_view line, const FieldNode& node, int depth) {
    begin_place(node);
    const char first = walk.peek();
    const std::size_t from = walk.offset();
    const bool leads_on = !node.ways.empty();
    const bool good = leads_on && first == '{'   ? read_object(walk, line, node, depth)
                      : leads_on && first == '[' ? read_array(walk, line, node, depth)
                      : !node.roles.empty()      ? read_scalar(walk, node, first, depth)
                                                 : walk.skip_value(depth);
    if (!good) return false;
    for (const std::uint32_t item : node.metadata) items[item] = line.substr(from, walk.offset() - from);
    return true;
  }

  bool read_scalar(JsonWalk& walk, const FieldNode& node, char first, int depth) {
    JsonString value;
    const bool is_string = first == '"';
    if (is_string) {
      if (!walk.string(value)) return false;
    } else if (first == '-' || (first >= '0' && first <= '9')) {
      if (!walk.number(value.value)) return false;
    } else {
      return walk.skip_value(depth);
    }
    for (const Role role : node.roles) {
      if (is_string || role != Role::text) field(role) = {Field::Found::usable, value};
    }
    return true;
  }

  bool read_object(JsonWalk& walk, std::string_view line, const FieldNode& node, int depth) {
    if (!walk.deep_enough(depth)) return false;
    walk.take();
    if (walk.peek() == '}') return walk.take(), true;
    const bool note = spec.all_metadata && depth == 0;
    JsonString key;
    for (bool more = true; more;) {
      if (!walk.key_and_colon(key)) return false;
      const FieldNode::Way* const way = node.find(key.value);
      const std::size_t from = note ? (walk.peek(), walk.offset()) : 0;
      if (!(way ? read_value(walk, line, tree[way->to], depth + 1) : walk.skip_value(depth + 1))) return false;
      if (note) members.push_back({key.value, line.substr(from, walk.offset() - from)});
      if (!walk.next_or_close('}', more)) return false;
    }
    return true;
  }

  bool read_array(JsonWalk& walk, std::string_view line, const FieldNode& node, int depth) {
    if (!walk.deep_enough(depth)) return false;
    walk.take();
    if (walk.peek() == ']') return walk.take(), true;
    std::size_t index = 0;
    for (bool more = true; more; ++index) {
      const FieldNode::Way* const way = node.find(index);
      const bool good = way ? read_value(walk, line, tree[way->to], depth + 1) : walk.skip_value(depth + 1);
      if (!good || !walk.next_or_close(']', more)) return false;
    }
    return true;
  }

  JsonLine parse(std::string_view line, bool was_invalid) {
    JsonWalk walk(line, scratch.of(line.size()));
    fields = {};
    std::ranges::fill(items, std::string_view());
    members.clear();
    JsonLine result;
    result.object = walk.peek() == '{';
    const bool good = result.object ? read_object(walk, line, tree.root(), 0) : walk.skip_value(0);
    if (!good || !walk.at_end()) {
      result.object = false;
      result.bad = Reason::json;
      result.message = fmt::format("byte {}: {}", walk.error_offset(), good ? "something behind the value" : walk.error());
      return result;
    }
    judge(was_invalid, result);
    if (spec.all_metadata || !items.empty()) result.metadata = write_metadata(line.size());
    return result;
  }

  void judge(bool was_invalid, JsonLine& result) {
    const Field &text = field(Role::text), &id = field(Role::id);
    result.own_id = id.string.value;
    result.source = field(Role::source).string.value;
    result.url = field(Role::url).string.value;
    result.date = field(Role::date).string.value;
    const bool strict = policy == InvalidUtf8::quarantine;
    const auto bad = [&result](Reason reason, std::string message) {
      result.bad = reason;
      result.message = std::move(message);
    };
    if (strict && was_invalid) return bad(Reason::utf8, {});
    if (!result.object) return bad(Reason::field, "not a JSON object");
    if (text.found == Field::Found::missing) return bad(Reason::field, fmt::format("no field '{}'", spec.text_field));
    if (text.found == Field::Found::other_type) return bad(Reason::field, fmt::format("field '{}' is not a string", spec.text_field));
    if (strict && text.string.lone_surrogate) return bad(Reason::utf8, fmt::format("a lone surrogate escape in field '{}'", spec.text_field));
    if (strict && id.string.lone_surrogate) return bad(Reason::utf8, fmt::format("a lone surrogate escape in field '{}'", spec.id_field));
    result.text = text.string.value;
  }

  std::string_view write_metadata(std::size_t line_bytes) {
    char* const room = copy_scratch.of(line_bytes);
    metadata.clear();
    if (spec.all_metadata) {
      write_members(room);
    } else {
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].empty()) continue;
        open_or_part();
        metadata += item_keys[i];
        append_json(metadata, items[i], room);
      }
    }
    if (!metadata.empty()) metadata += '}';
    return metadata;
  }

  void open_or_part() { metadata += metadata.empty() ? '{' : ','; }

  void write_members(char* room) {
    drop_repeated(members);
    for (const Member& member : members) {
      const FieldNode::Way* const way = tree.root().find(member.key);
      const FieldNode* const node = way ? &tree[way->to] : nullptr;
      if (node && !node->roles.empty()) continue;
      open_or_part();
      append_json_string(metadata, member.key);
      metadata += ':';
      if (node) {
        append_json_without_roles(metadata, member.value, tree, *node, room);
      } else {
        append_json(metadata, member.value, room);
      }
    }
  }

  /// Broken JSON must be told from broken UTF-8, so the mended line is parsed whatever the policy.
  JsonLine parse_invalid(std::string_view line) {
    repaired.assign(line);
    repair_utf8(repaired);
    const std::size_t bytes = repaired.size();
    repaired.append(kJsonPadding, '\0');
    JsonLine result = parse(std::string_view(repaired).substr(0, bytes), true);
    if (result.bad == Reason::utf8) result.message = fmt::format("byte {}: invalid UTF-8", first_invalid_utf8(line));
    return result;
  }
};

JsonLineParser::JsonLineParser(const InputSpec& fields, InvalidUtf8 policy) : state_(std::make_unique<State>(fields, policy)) {}
JsonLineParser::~JsonLineParser() = default;
JsonLineParser::JsonLineParser(JsonLineParser&&) noexcept = default;
JsonLineParser& JsonLineParser::operator=(JsonLineParser&&) noexcept = default;

JsonLine JsonLineParser::parse(std::string_view line) {
  return simdjson::validate_utf8(line) ? state_->parse(line, false) : state_->parse_invalid(line);
}

}  // namespace quern
