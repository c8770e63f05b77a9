#include "classify/sample.hpp"

#include <algorithm>

namespace quern {

namespace {

// How far the end of a piece of code, a tag or a target is looked for: longer ones are left as they are, and time stays linear.
constexpr std::size_t kLongestSpan = 1024;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The first character's beginning at or before `at`, by at most the length of a character.
std::size_t character_before(std::string_view text, std::size_t at) {
  for (int i = 0; i < 3 && at > 0 && at < text.size() && is_continuation(text[at]); ++i) --at;
  return at;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c) || !is_ascii(c); }

/// Walks over the lines of a text, and appends those outside fences without their markup to `to`.
class Prose {
 public:
  explicit Prose(std::string& to) : to_(to) {}

  void add_line(std::string_view line) {
    if (!passes_fence(line)) return;
    bare_.clear();
    strip_spans(line);
    append_words();
    to_ += '\n';
  }

 private:
  /// A fence of CommonMark 0.30 (section 4.5): three or more of one character begin a code block, and end it.
  bool passes_fence(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t>"), line.size()));
    const bool fence = line.starts_with("```") || line.starts_with("~~~");
    if (!fence) return fence_ == 0;
    if (fence_ == 0) {
      fence_ = line[0];
    } else if (fence_ == line[0]) {
      fence_ = 0;
    }
    return false;
  }

  /// What stands at `at` up to and with `end`, if both are there; else `at`.
  static std::size_t behind(std::string_view line, std::size_t at, std::string_view end, std::size_t from) {
    const std::size_t found = line.substr(0, std::min(line.size(), from + kLongestSpan)).find(end, from);
    return found == std::string_view::npos ? at : found + end.size();
  }

  static std::size_t behind_code(std::string_view line, std::size_t at) {
    const std::size_t from = std::min(line.find_first_not_of('`', at), line.size());
    const std::size_t after = from - at > kLongestSpan ? at : behind(line, at, line.substr(at, from - at), from);
    return after == at ? from : after;  // ticks by themselves are no prose either
  }

  static std::size_t behind_span(std::string_view line, std::size_t at) {
    const char c = line[at], next = at + 1 < line.size() ? line[at + 1] : '\0';
    if (c == '`') return behind_code(line, at);
    if (c == '<' && (is_upper(next) || is_lower(next) || next == '/' || next == '!' || next == '?')) return behind(line, at, ">", at + 1);
    if (c == ']' && next == '(') return behind(line, at, ")", at + 2);
    return at;
  }

  void strip_spans(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
      std::size_t stop = line.find_first_of("`<]", at);
      if (stop == std::string_view::npos) stop = line.size();
      bare_.append(line, at, stop - at);
      if (stop == line.size()) return;
      at = behind_span(line, stop);
      bare_ += at == stop ? line[at++] : ' ';
    }
  }

  /// Of the ASCII words those are prose that, but for marks at their ends, are letters, apostrophes, hyphens and commas, without a capital inside.
  static bool is_prose(std::string_view word) {
    if (!std::ranges::all_of(word, is_ascii)) return true;
    const auto counts = [](char c) { return is_letter(c) || is_digit(c); };
    const auto first = std::ranges::find_if(word, counts);
    const auto last = std::find_if(word.rbegin(), word.rend(), counts).base();
    if (first != word.begin() && first < last && first[-1] == '-') return false;  // an option of a command
    for (auto at = first; at < last; ++at) {
      if (!is_letter(*at) && *at != '\'' && *at != '-' && *at != ',') return false;
      if (at != first && is_upper(*at) && is_lower(at[-1])) return false;
    }
    return true;
  }

  void append_words() {
    for (std::size_t at = 0; at < bare_.size();) {
      std::size_t end = at;
      while (end < bare_.size() && !is_space(bare_[end])) ++end;
      if (end > at && is_prose(std::string_view(bare_).substr(at, end - at))) to_.append(bare_, at, end - at);
      to_ += ' ';
      at = end + 1;
    }
  }

  std::string& to_;
  std::string bare_;
  char fence_ = 0;
};

}  // namespace

std::string_view take_windows(std::string_view text, std::uint64_t bytes, std::string& to) {
  if (text.size() <= bytes) return text;
  to.clear();
  const std::size_t window = bytes / kWindows;
  for (std::size_t i = 0; i < kWindows; ++i) {
    const std::size_t at = (text.size() - window) / (kWindows - 1) * i + (text.size() - window) % (kWindows - 1) * i / (kWindows - 1);
    const std::size_t begin = character_before(text, at), end = character_before(text, at + window);
    to.append(text, begin, end - begin);
    to += '\n';
  }
  return to;
}

void append_prose(std::string_view text, std::string& to) {
  Prose prose(to);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    prose.add_line(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace quern
