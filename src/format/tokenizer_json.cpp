#include "quern/format/tokenizer_json.hpp"

#include "quern/base/error.hpp"

#include <simdjson.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace quern {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// A JSON value that knows the file and the key it came from, for messages. A missing key reads as null.
class Node {
 public:
  Node(element value, const std::string& path, std::string key) : value_(value), path_(&path), key_(std::move(key)) {}

  [[noreturn]] void refuse(const std::string& why) const { fail(ErrorKind::plan, "{}: {}: {}", *path_, key_, why); }

  bool is_null() const { return !value_ || value_->is_null(); }

  Node child(std::string_view name) const {
    Node node(*this);
    node.key_ = key_.empty() ? std::string(name) : fmt::format("{}.{}", key_, name);
    element found;
    if (as_object().at_key(name).get(found) == simdjson::SUCCESS) {
      node.value_ = found;
    } else {
      node.value_.reset();
    }
    return node;
  }

  std::vector<Node> items() const {
    array values;
    if (!value_ || value_->get(values) != simdjson::SUCCESS) refuse("an array is expected");
    std::vector<Node> nodes;
    nodes.reserve(values.size());
    for (const element value : values) nodes.emplace_back(value, *path_, fmt::format("{}[{}]", key_, nodes.size()));
    return nodes;
  }

  object as_object() const {
    object result;
    if (!value_ || value_->get(result) != simdjson::SUCCESS) refuse("an object is expected");
    return result;
  }

  array as_array() const {
    array result;
    if (!value_ || value_->get(result) != simdjson::SUCCESS) refuse("an array is expected");
    return result;
  }

  std::string_view text() const {
    std::string_view result;
    if (!value_ || value_->get(result) != simdjson::SUCCESS) refuse("a string is expected");
    return result;
  }

  bool flag(bool when_missing) const {
    bool result = when_missing;
    if (value_ && value_->get(result) != simdjson::SUCCESS) refuse("true or false is expected");
    return result;
  }

  std::uint32_t id() const {
    std::uint64_t result = 0;
    if (!value_ || value_->get(result) != simdjson::SUCCESS || result > UINT32_MAX) refuse("a token id is expected");
    return static_cast<std::uint32_t>(result);
  }

  double number() const {
    double result = 0;
    if (!value_ || value_->get(result) != simdjson::SUCCESS) refuse("a number is expected");
    return result;
  }

  /// A key nobody here knows may change ids.
  void allow_only(std::initializer_list<std::string_view> known) const {
    for (const auto& [key, value] : as_object()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) child(key).refuse("this key is not known to quern");
    }
  }

 private:
  std::optional<element> value_;
  const std::string* path_;
  std::string key_;
};

bool read_normalizer(const Node& normalizer) {
  if (normalizer.is_null()) return false;
  const std::string_view type = normalizer.child("type").text();
  if (type == "NFC") return true;
  if (type != "Sequence") normalizer.child("type").refuse(fmt::format("\"{}\" is not supported, only NFC is", type));
  bool nfc = false;
  for (const Node& step : normalizer.child("normalizers").items()) nfc = read_normalizer(step) || nfc;
  return nfc;
}

void read_byte_level(const Node& node, bool after_split, TokenizerJson& to) {
  node.allow_only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
  const Node prefix = node.child("add_prefix_space");
  to.add_prefix_space = prefix.flag(true);
  const Node use_regex = node.child("use_regex");
  if (use_regex.flag(true) == after_split) {
    use_regex.refuse(after_split ? "text that a Split has cut would be cut again; only false is supported here"
                                 : "without a Split before it, only true is supported");
  }
  if (after_split && to.add_prefix_space) prefix.refuse("a space before every pre-token is not supported");
}

void read_split(const Node& node, TokenizerJson& to) {
  node.allow_only({"type", "pattern", "behavior", "invert"});
  to.split_regex = node.child("pattern").child("Regex").text();
  const std::string_view behavior = node.child("behavior").text();
  const bool invert = node.child("invert").flag(false);
  // The known patterns match every character, so that keeping the matches and dropping the rest is the same as isolating them.
  if ((behavior == "Isolated" && !invert) || (behavior == "Removed" && invert)) return;
  node.child("behavior").refuse(fmt::format("\"{}\" with invert {} is not supported, only \"Isolated\" is", behavior, invert));
}

void read_pre_tokenizer(const Node& node, TokenizerJson& to) {
  if (node.is_null()) node.refuse("a ByteLevel pre-tokenizer is expected: only byte-level BPE is supported");
  std::vector<Node> steps = {node};
  if (node.child("type").text() == "Sequence") steps = node.child("pretokenizers").items();
  bool byte_level = false;
  for (const Node& step : steps) {
    const Node type = step.child("type");
    if (type.text() == "Split" && to.split_regex.empty() && !byte_level) {
      read_split(step, to);
    } else if (type.text() == "ByteLevel" && !byte_level) {
      byte_level = true;
      read_byte_level(step, !to.split_regex.empty(), to);
    } else {
      type.refuse(fmt::format("\"{}\" is not supported here; known are ByteLevel, and one Split with a ByteLevel after it", type.text()));
    }
  }
  if (!byte_level) node.refuse("a ByteLevel step is expected: only byte-level BPE is supported");
}

void read_added_tokens(const Node& node, TokenizerJson& to) {
  if (node.is_null()) return;
  for (const Node& item : node.items()) {
    item.allow_only({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
    AddedToken token;
    token.id = item.child("id").id();
    token.content = item.child("content").text();
    token.single_word = item.child("single_word").flag(false);
    token.lstrip = item.child("lstrip").flag(false);
    token.rstrip = item.child("rstrip").flag(false);
    token.special = item.child("special").flag(false);
    token.normalized = item.child("normalized").flag(!token.special);
    if (token.content.empty()) item.child("content").refuse("an empty token cannot be matched");
    to.added_tokens.push_back(std::move(token));
  }
}

void read_merges(const Node& node, TokenizerJson& to) {
  std::size_t number = 0;
  for (const element merge : node.as_array()) {
    std::string_view left;
    std::string_view right;
    array pair;
    if (merge.get(pair) == simdjson::SUCCESS && pair.size() == 2 && pair.at(0).get(left) == simdjson::SUCCESS &&
        pair.at(1).get(right) == simdjson::SUCCESS) {
      to.merges.push_back({std::string(left), std::string(right)});
    } else if (std::string_view line; merge.get(line) == simdjson::SUCCESS && std::count(line.begin(), line.end(), ' ') == 1) {
      const std::size_t space = line.find(' ');
      to.merges.push_back({std::string(line.substr(0, space)), std::string(line.substr(space + 1))});
    } else {
      node.refuse(fmt::format("merge {} is neither a pair of strings nor two tokens with a space between them", number));
    }
    ++number;
  }
}

void refuse_text(const Node& node) {
  if (!node.is_null() && !node.text().empty()) node.refuse("is not supported by byte-level BPE; only null or \"\" is");
}

void read_model(const Node& model, TokenizerJson& to) {
  if (const Node type = model.child("type"); !type.is_null() && type.text() != "BPE") {
    type.refuse(fmt::format("\"{}\" is not supported, only BPE is", type.text()));
  }
  model.allow_only({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
                    "ignore_merges", "vocab", "merges"});
  const Node dropout = model.child("dropout");
  if (!dropout.is_null() && dropout.number() != 0) dropout.refuse("ids would be random; set it to null");
  refuse_text(model.child("continuing_subword_prefix"));
  refuse_text(model.child("end_of_word_suffix"));
  if (const Node fallback = model.child("byte_fallback"); fallback.flag(false)) fallback.refuse("is not byte-level BPE");
  to.ignore_merges = model.child("ignore_merges").flag(false);
  if (const Node unknown = model.child("unk_token"); !unknown.is_null()) to.unk_token = unknown.text();
  const Node vocab = model.child("vocab");
  for (const auto& [token, value] : vocab.as_object()) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS || id > UINT32_MAX) vocab.refuse(fmt::format("the id of \"{}\" is not a token id", token));
    to.vocab.push_back({std::string(token), static_cast<std::uint32_t>(id)});
  }
  read_merges(model.child("merges"), to);
}

void check_decoder(const Node& decoder) {
  if (decoder.is_null()) return;
  const Node type = decoder.child("type");
  if (type.text() != "ByteLevel") type.refuse(fmt::format("\"{}\" is not supported, only ByteLevel is", type.text()));
}

void refuse_value(const Node& node) {
  if (!node.is_null()) node.refuse("would cut or fill every document; set it to null");
}

// ---- writing ----

void append_json_string(std::string& to, std::string_view text) {
  to.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to.push_back('\\');
      to.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      to.push_back(c);
    }
  }
  to.push_back('"');
}

void append_added_token(std::string& to, const AddedToken& token) {
  fmt::format_to(std::back_inserter(to), "    {{\"id\": {}, \"content\": ", token.id);
  append_json_string(to, token.content);
  fmt::format_to(std::back_inserter(to),
                 ", \"single_word\": {}, \"lstrip\": {}, \"rstrip\": {}, \"normalized\": {}, \"special\": {}}}", token.single_word,
                 token.lstrip, token.rstrip, token.normalized, token.special);
}

std::string byte_level_step(bool add_prefix_space, bool use_regex) {
  return fmt::format(R"({{"type": "ByteLevel", "add_prefix_space": {}, "trim_offsets": true, "use_regex": {}}})", add_prefix_space,
                     use_regex);
}

void append_pre_tokenizer(std::string& to, const TokenizerJson& tokenizer) {
  if (tokenizer.split_regex.empty()) {
    to += byte_level_step(tokenizer.add_prefix_space, true);
    return;
  }
  to += R"({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": )";
  append_json_string(to, tokenizer.split_regex);
  to += R"(}, "behavior": "Isolated", "invert": false}, )" + byte_level_step(false, false) + "]}";
}

/// Appends the items one per line, with commas between them.
template <class Items, class Append>
void append_lines(std::string& to, const Items& items, Append append) {
  const char* before = "\n";
  for (const auto& item : items) {
    to += before;
    append(item);
    before = ",\n";
  }
}

}  // namespace

TokenizerJson parse_tokenizer_json(std::string_view bytes, const std::string& path) {
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(bytes.data(), bytes.size()).get(root)) {
    fail(ErrorKind::plan, "{}: not JSON: {}", path, simdjson::error_message(error));
  }
  const Node file(root, path, "");
  file.allow_only({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
                   "model"});
  refuse_value(file.child("truncation"));
  refuse_value(file.child("padding"));
  TokenizerJson tokenizer;
  read_added_tokens(file.child("added_tokens"), tokenizer);
  tokenizer.nfc = read_normalizer(file.child("normalizer"));
  read_pre_tokenizer(file.child("pre_tokenizer"), tokenizer);
  check_decoder(file.child("decoder"));
  read_model(file.child("model"), tokenizer);
  return tokenizer;
}

bool looks_like_tokenizer_json(std::string_view bytes) {
  simdjson::dom::parser parser;
  object model;
  return parser.parse(bytes.data(), bytes.size()).at_key("model").get(model) == simdjson::SUCCESS;
}

std::string format_tokenizer_json(const TokenizerJson& tokenizer) {
  std::string to = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [";
  append_lines(to, tokenizer.added_tokens, [&](const AddedToken& token) { append_added_token(to, token); });
  to += tokenizer.nfc ? "\n  ],\n  \"normalizer\": {\"type\": \"NFC\"},\n" : "\n  ],\n  \"normalizer\": null,\n";
  to += "  \"pre_tokenizer\": ";
  append_pre_tokenizer(to, tokenizer);
  to += ",\n  \"post_processor\": null,\n  \"decoder\": " + byte_level_step(tokenizer.add_prefix_space, true) +
        ",\n  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n"
        "    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n"
        "    \"byte_fallback\": false,\n    \"ignore_merges\": ";
  to += tokenizer.ignore_merges ? "true" : "false";
  to += ",\n    \"vocab\": {";
  append_lines(to, tokenizer.vocab, [&](const VocabEntry& entry) {
    to += "      ";
    append_json_string(to, entry.token);
    fmt::format_to(std::back_inserter(to), ": {}", entry.id);
  });
  to += "\n    },\n    \"merges\": [";
  append_lines(to, tokenizer.merges, [&](const MergeEntry& merge) {
    to += "      [";
    append_json_string(to, merge.left);
    to += ", ";
    append_json_string(to, merge.right);
    to += "]";
  });
  return to + "\n    ]\n  }\n}\n";
}

}  // namespace quern
