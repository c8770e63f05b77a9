#pragma once
// HTML → tags and the text between them, one pass from left to right.

#include "extract/tags.hpp"

#include <string_view>

namespace quern {

/// The attributes that are looked at, as they stand in the page; empty where there is none or an empty one.
struct Attributes {
  std::string_view id, class_, role, itemprop, style, type, property, name, content;
  bool hidden = false;  ///< hidden, or aria-hidden="true"
};

struct MarkupToken {
  enum class Kind { text, start, end, done };
  Kind kind = Kind::done;
  Tag tag = Tag::other;
  std::string_view text;  ///< text: with its character references; start and end: the tag's name as it stands
  std::string_view raw;   ///< of the start of a raw element or one that holds only text: its content
  Attributes attributes;
};

/// The tokenizer of WHATWG HTML, section 13.2.5, as far as text needs it: comments, declarations and processing instructions are passed
/// over; `<` that begins no tag is text; a tag that the page's end cuts is dropped; raw elements end at their own end tag or with the page.
/// Not kept of the standard: `<!--` inside a script does not hide `</script>`.
/// Every byte is looked at a fixed number of times, whatever the page.
class MarkupReader {
 public:
  explicit MarkupReader(std::string_view page) : page_(page) {}

  /// The next token; its views point into the page. After the last one: Kind::done.
  const MarkupToken& next();

  /// Where reading stands.
  std::size_t offset() const { return at_; }

 private:
  bool read_text();
  bool read_markup();
  void read_tag(MarkupToken::Kind kind, std::size_t name_at);
  void read_attributes(bool wanted);
  void read_value(std::string_view& value);
  void keep(std::string_view name, std::string_view value);
  void read_raw();
  void pass_comment();
  void pass_to(char c);

  std::string_view page_;
  std::size_t at_ = 0;
  MarkupToken token_;
};

/// Whether two ASCII words are the same in any case; `low` is in lower case.
bool same_word(std::string_view word, std::string_view low) noexcept;

}  // namespace quern
