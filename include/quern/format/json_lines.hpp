#pragma once
// One line of a JSON lines file (RFC 8259 per line) → the text and id of a document. The whole line is checked to its end.

#include "quern/base/job.hpp"
#include "quern/base/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

/// Readable bytes that must lie behind a line; their values do not matter.
inline constexpr std::size_t kJsonPadding = 64;
/// Arrays and objects inside one another.
inline constexpr int kMostJsonDepth = 1024;

struct JsonLine {
  Reason bad = Reason::none;  ///< none, json, field or utf8
  bool object = false;        ///< the line is a complete JSON object, whatever else is wrong with it
  std::string_view text;      ///< when none is bad
  std::string_view own_id;    ///< known also when only the text is bad
  std::string message;        ///< what is wrong and at which byte of the line (counted from 0)
};

/// Strings are taken as they are in the line when they hold no escape, and unescaped otherwise.
/// - The last of several equal keys counts. Keys are compared unescaped.
/// - The id is a string or a number (as it is written); of any other type, or absent, it is empty.
/// - Numbers of any size are fine; nothing is converted.
/// - Invalid UTF-8 anywhere in the line, or a lone surrogate escape in the text or the id: Reason::utf8, or, with
///   InvalidUtf8::repair, one U+FFFD for each maximal subpart and each lone surrogate. Broken JSON is Reason::json in any case.
class JsonLineParser {
 public:
  JsonLineParser(std::string text_field, std::string id_field, InvalidUtf8 policy);
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
