#include "edits.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/emoji.hpp"
#include "quern/text/unicode.hpp"
#include "scan.hpp"

namespace quern {

namespace {

constexpr char32_t kJoiner = 0x200D, kTextStyle = 0xFE0E, kEmojiStyle = 0xFE0F, kKeycap = 0x20E3;

bool is_regional(char32_t c) noexcept { return c >= 0x1F1E6 && c <= 0x1F1FF; }
bool is_modifier(char32_t c) noexcept { return (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F) || c == kEmojiStyle || c == kKeycap; }
bool is_keycap_base(char32_t c) noexcept { return (c >= '0' && c <= '9') || c == '#' || c == '*'; }

/// Emoji of plane 1; U+2300..U+2FFF; what makes an emoji of the character before it: U+FE0F and U+20E3.
constexpr auto kMayBelong = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  return ((byte == 0xF0) & (next == 0x9F)) | ((byte == 0xE2) & ((next >= 0x8C) | (next == 0x83))) | ((byte == 0xEF) & (next == 0xB8));
};

class Search {
 public:
  Search(const RemoveEmojiSpec& spec, std::string& text) : spec_(spec), text_(text), edits_(text) {}

  void run() {
    Scan scan(text_, kMayBelong);
    for (std::size_t at = scan.next(0); at < text_.size();) {
      const std::size_t begin = begin_of_emoji(at);
      std::size_t end = at;
      next_code_point(text_, end);
      if (begin != kNone) {
        end = end_of_emoji(begin);
        edits_.replace(begin, end, spec_.replacement);
      }
      at = scan.next(end);
    }
    edits_.finish();
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  char32_t code_point(std::size_t at) const noexcept { return at < text_.size() ? next_code_point(text_, at) : 0; }

  /// Of the emoji that the character at `at` shows: there, or at the character before it.
  std::size_t begin_of_emoji(std::size_t at) const noexcept {
    std::size_t end = at;
    const char32_t c = next_code_point(text_, end);
    const char32_t next = code_point(end);
    if (c == kEmojiStyle || c == kKeycap) return begin_before(at, c, next);
    const bool shown = spec_.symbols ? is_pictographic(c) : is_emoji_presentation(c) && next != kTextStyle;
    return shown || (next == kEmojiStyle && is_pictographic(c)) ? at : kNone;
  }

  std::size_t begin_before(std::size_t at, char32_t c, char32_t next) const noexcept {
    if (at <= edits_.done()) return kNone;
    std::size_t before = at - 1;
    while ((static_cast<unsigned char>(text_[before]) & 0xC0) == 0x80) --before;
    const char32_t base = code_point(before);
    const bool keycap = is_keycap_base(base) && (c == kKeycap || next == kKeycap);
    return keycap || (c == kEmojiStyle && is_pictographic(base)) ? before : kNone;
  }

  std::size_t end_of_emoji(std::size_t at) const noexcept {
    const bool regional = is_regional(next_code_point(text_, at));
    if (regional && is_regional(code_point(at))) next_code_point(text_, at);
    for (;;) {
      std::size_t end = at;
      const char32_t c = at < text_.size() ? next_code_point(text_, end) : 0;
      if (c == kJoiner && is_pictographic(code_point(end))) {
        next_code_point(text_, end);
      } else if (!is_modifier(c) && !(spec_.symbols && c == kTextStyle)) {
        return at;
      }
      at = end;
    }
  }

  const RemoveEmojiSpec& spec_;
  std::string_view text_;
  Edits edits_;
};

}  // namespace

Reason apply(const RemoveEmojiSpec& spec, std::string& text) {
  Search(spec, text).run();
  return Reason::none;
}

}  // namespace quern
