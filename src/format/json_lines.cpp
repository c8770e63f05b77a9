#include "quern/format/json_lines.hpp"

#include "format/json_walk.hpp"
#include "quern/text/utf8.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace quern {

namespace {

/// What a line holds of the two fields. A key that comes again takes the place of the one before.
struct Fields {
  enum class Found { missing, usable, other_type };
  Found text_found = Found::missing;
  JsonString text;
  JsonString id;
};

}  // namespace

struct JsonLineParser::State {
  std::string text_field;
  std::string id_field;
  InvalidUtf8 policy;
  std::string repaired;
  std::unique_ptr<char[]> scratch;
  std::size_t scratch_bytes = 0;

  char* scratch_for(std::size_t line_bytes) {
    const std::size_t needed = line_bytes + kJsonPadding;
    if (needed > scratch_bytes) {
      scratch_bytes = needed + needed / 4;
      scratch = std::make_unique_for_overwrite<char[]>(scratch_bytes);
    }
    return scratch.get();
  }

  bool read_text(JsonWalk& walk, Fields& fields) const {
    if (walk.peek() != '"') {
      fields.text_found = Fields::Found::other_type;
      return walk.skip_value(1);
    }
    fields.text_found = Fields::Found::usable;
    return walk.string(fields.text);
  }

  bool read_id(JsonWalk& walk, Fields& fields) const {
    fields.id = {};
    const char first = walk.peek();
    if (first == '"') return walk.string(fields.id);
    if (first == '-' || (first >= '0' && first <= '9')) return walk.number(fields.id.value);
    return walk.skip_value(1);
  }

  bool read_object(JsonWalk& walk, Fields& fields) const {
    walk.take();
    if (walk.peek() == '}') return walk.take(), true;
    JsonString key;
    for (bool more = true; more;) {
      if (!walk.key_and_colon(key)) return false;
      const bool good = key.value == text_field ? read_text(walk, fields)
                        : key.value == id_field ? read_id(walk, fields)
                                                : walk.skip_value(1);
      if (!good || !walk.next_or_close('}', more)) return false;
    }
    return true;
  }

  JsonLine parse(std::string_view line, bool was_invalid) {
    JsonWalk walk(line, scratch_for(line.size()));
    Fields fields;
    JsonLine result;
    result.object = walk.peek() == '{';
    const bool good = result.object ? read_object(walk, fields) : walk.skip_value(0);
    if (!good || !walk.at_end()) {
      result.object = false;
      result.bad = Reason::json;
      result.message = fmt::format("byte {}: {}", walk.error_offset(), good ? "something behind the value" : walk.error());
      return result;
    }
    judge(fields, was_invalid, result);
    return result;
  }

  void judge(const Fields& fields, bool was_invalid, JsonLine& result) const {
    result.own_id = fields.id.value;
    const bool strict = policy == InvalidUtf8::quarantine;
    const auto bad = [&result](Reason reason, std::string message) {
      result.bad = reason;
      result.message = std::move(message);
    };
    if (strict && was_invalid) return bad(Reason::utf8, {});
    if (!result.object) return bad(Reason::field, "not a JSON object");
    if (fields.text_found == Fields::Found::missing) return bad(Reason::field, fmt::format("no field '{}'", text_field));
    if (fields.text_found == Fields::Found::other_type) return bad(Reason::field, fmt::format("field '{}' is not a string", text_field));
    if (strict && fields.text.lone_surrogate) return bad(Reason::utf8, fmt::format("a lone surrogate escape in field '{}'", text_field));
    if (strict && fields.id.lone_surrogate) return bad(Reason::utf8, fmt::format("a lone surrogate escape in field '{}'", id_field));
    result.text = fields.text.value;
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

JsonLineParser::JsonLineParser(std::string text_field, std::string id_field, InvalidUtf8 policy)
    : state_(std::make_unique<State>(State{std::move(text_field), std::move(id_field), policy, {}, nullptr, 0})) {}
JsonLineParser::~JsonLineParser() = default;
JsonLineParser::JsonLineParser(JsonLineParser&&) noexcept = default;
JsonLineParser& JsonLineParser::operator=(JsonLineParser&&) noexcept = default;

JsonLine JsonLineParser::parse(std::string_view line) {
  return simdjson::validate_utf8(line) ? state_->parse(line, false) : state_->parse_invalid(line);
}

}  // namespace quern
