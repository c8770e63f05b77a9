#pragma once
// Walks over JSON text (RFC 8259) byte by byte, strictly, and unescapes the strings it is asked for.

#include <cstddef>
#include <string_view>

namespace quern {

struct JsonString {
  std::string_view value;
  bool lone_surrogate = false;  ///< an escape of one stood in it; it was replaced by U+FFFD
};

/// Every function moves over what it is named for and returns whether that was there; after a false, error() and error_offset() say
/// what was wrong. Nothing else may be called then.
class JsonWalk {
 public:
  /// `scratch`: as long as the text and kJsonPadding bytes more; unescaped strings are written there, one behind the other.
  JsonWalk(std::string_view text, char* scratch) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), scratch_(scratch) {}

  /// Goes to the next token and returns its first character; '\0' at the end of the text (and for a zero byte, which begins no token).
  char peek() noexcept;
  /// Takes a single-character token.
  void take() noexcept { ++at_; }
  bool at_end() noexcept;
  bool string(JsonString& value) noexcept;
  bool number(std::string_view& raw) noexcept;
  /// Any value, without a look at what it is. `depth`: the arrays and objects it lies in.
  bool skip_value(int depth) noexcept;
  bool key_and_colon(JsonString& key) noexcept;
  /// A comma before another element, or the closing character: `more` says which.
  bool next_or_close(char close, bool& more) noexcept;
  bool deep_enough(int depth) noexcept;

  bool fail(const char* error) noexcept;
  /// Of the next byte.
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  /// Where the next string is written that must be unescaped.
  char* free_scratch() noexcept { return scratch_; }
  const char* error() const noexcept { return error_; }
  std::size_t error_offset() const noexcept { return offset(); }

 private:
  bool skip_string() noexcept;
  bool skip_object(int depth) noexcept;
  bool skip_array(int depth) noexcept;
  bool literal(std::string_view word) noexcept;
  bool digits() noexcept;
  bool unescape(JsonString& value, const char* from) noexcept;
  bool escape(char*& to, bool& lone_surrogate) noexcept;
  bool code_unit(unsigned& unit) noexcept;
  bool unicode_escape(char*& to, bool& lone_surrogate) noexcept;
  bool string_stopped() noexcept;

  const char* begin_;
  const char* at_;
  const char* end_;
  char* scratch_;
  const char* error_ = nullptr;
};

}  // namespace quern
