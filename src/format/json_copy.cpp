#include "format/json_copy.hpp"

#include "format/json_walk.hpp"

#include <fmt/format.h>

#include <iterator>

namespace quern {

namespace {

/// Behind the backslash; '\0': the character needs no escape of one letter.
constexpr char letter_of(char c) noexcept {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return '\0';
  }
}

bool needs_escape(char c) noexcept { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

void append_string_at(JsonWalk& walk, std::string_view json, std::string& to) {
  const std::size_t from = walk.offset();
  JsonString string;
  walk.string(string);
  const std::string_view written = json.substr(from, walk.offset() - from);
  // Without escapes it stands in the text as it is.
  if (string.value.size() + 2 == written.size()) {
    to += written;
  } else {
    append_json_string(to, string.value);
  }
}

class CopyWithoutRoles {
 public:
  CopyWithoutRoles(std::string& to, std::string_view json, const FieldTree& tree, char* scratch)
      : to_(to), json_(json), tree_(tree), walk_(json, scratch) {}

  void value(const FieldNode& node) {
    const char first = walk_.peek();
    if (node.roles_below.empty() || (first != '{' && first != '[')) return copy();
    walk_.take();
    to_ += first;
    if (first == '{') {
      members(node);
    } else {
      elements(node);
    }
  }

 private:
  void members(const FieldNode& node) {
    bool is_first = true;
    JsonString key;
    for (bool more = walk_.peek() != '}' || (walk_.take(), false); more; walk_.next_or_close('}', more)) {
      walk_.key_and_colon(key);
      const FieldNode* const below = found(node.find(key.value));
      if (below && !below->roles.empty()) {
        skip();
        continue;
      }
      if (!is_first) to_ += ',';
      is_first = false;
      append_json_string(to_, key.value);
      to_ += ':';
      below ? value(*below) : copy();
    }
    to_ += '}';
  }

  void elements(const FieldNode& node) {
    std::size_t index = 0;
    for (bool more = walk_.peek() != ']' || (walk_.take(), false); more; walk_.next_or_close(']', more)) {
      const FieldNode* const below = found(node.find(index));
      if (index++ > 0) to_ += ',';
      if (below && !below->roles.empty()) {
        skip();
        to_ += "null";
      } else {
        below ? value(*below) : copy();
      }
    }
    to_ += ']';
  }

  const FieldNode* found(const FieldNode::Way* way) const { return way ? &tree_[way->to] : nullptr; }

  std::string_view skip() {
    walk_.peek();
    const std::size_t from = walk_.offset();
    walk_.skip_value(0);  // how deep it lies was looked at before
    return json_.substr(from, walk_.offset() - from);
  }

  void copy() { append_json(to_, skip(), walk_.free_scratch()); }

  std::string& to_;
  std::string_view json_;
  const FieldTree& tree_;
  JsonWalk walk_;
};

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    to += text.substr(from, i - from);
    from = i + 1;
    to += '\\';
    if (const char letter = letter_of(text[i]); letter != '\0') {
      to += letter;
    } else {
      fmt::format_to(std::back_inserter(to), "u{:04x}", static_cast<unsigned char>(text[i]));
    }
  }
  to += text.substr(from);
  to += '"';
}

void append_json(std::string& to, std::string_view value, char* scratch) {
  JsonWalk tokens(value, scratch);
  for (char c = tokens.peek(); !tokens.at_end(); c = tokens.peek()) {
    if (c == '"') {
      append_string_at(tokens, value, to);
    } else {
      to += c;
      tokens.take();
    }
  }
}

void append_json_without_roles(std::string& to, std::string_view value, const FieldTree& tree, const FieldNode& node, char* scratch) {
  CopyWithoutRoles(to, value, tree, scratch).value(node);
}

}  // namespace quern
