#pragma once
// One line of a JSON lines file (RFC 8259 per line) → the fields of a document. The whole line is checked to its end.

#include "quern/base/job.hpp"
#include "quern/format/line_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace quern {

/// Readable bytes that must lie behind a line; their values do not matter.
inline constexpr std::size_t kJsonPadding = 64;
/// Arrays and objects inside one another.
inline constexpr int kMostJsonDepth = 1024;

struct JsonLine : LineFields {
  bool object = false;  ///< the line is a complete JSON object, whatever else is wrong with it
};

/// Which fields are read is said by an entry of the job (text_field, id_field, source_field, url_field, date_field, metadata). Each is a path
/// (field_path.hpp): of an object's members by their names, of an array's elements by their numbers. A path leads through what is there:
/// where it does not, the field is absent.
/// - The last of several equal keys counts, with all that lies in it. Keys are compared unescaped.
/// - Strings are taken as they are in the line when they hold no escape, and unescaped otherwise.
/// - The text is a string. Each of the others is a string or a number (as it is written); of any other type, or absent, it is empty.
/// - Numbers of any size are fine; nothing is converted.
/// - Invalid UTF-8 anywhere in the line, or a lone surrogate escape in the text or the id: Reason::utf8, or, with
///   InvalidUtf8::repair, one U+FFFD for each maximal subpart and each lone surrogate. Broken JSON is Reason::json in any case.
///   In the other fields and the metadata a lone surrogate is U+FFFD whatever the policy.
/// - The metadata holds the fields asked for that are there, in the order of the job, each under its path as the job writes it; or all members
///   of the object but the fields that the other keys name (`null` in their place in an array), in the order of the line, of equal keys the
///   last. Values are copied as they stand, without white space between tokens; in strings nothing is escaped but what must be.
class JsonLineParser {
 public:
  /// Throws Error{plan} for a path that is none (parse_field_path); an empty one is a field that is not looked for.
  JsonLineParser(const InputSpec& fields, InvalidUtf8 policy);
  ~JsonLineParser();
  JsonLineParser(JsonLineParser&&) noexcept;
  JsonLineParser& operator=(JsonLineParser&&) noexcept;

  /// `line` without its line end, followed by kJsonPadding readable bytes. The views live until the next call, and as long as the line.
  JsonLine parse(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether all bytes are JSON white space (space, tab, CR, LF).
bool is_json_blank(std::string_view line) noexcept;

}  // namespace quern
