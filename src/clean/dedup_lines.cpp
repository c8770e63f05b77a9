#include "edits.hpp"
#include "lines.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/utf8.hpp"
#include "seen_parts.hpp"

namespace quern {

namespace {

/// Which parts of a text repeat one before.
class Repeats {
 public:
  Repeats(std::string_view text, std::uint64_t min_chars, bool consecutive) : min_chars_(min_chars), consecutive_(consecutive) {
    if (!consecutive) seen().begin(text);
  }

  /// Of parts in order, without white space at their ends.
  bool has(std::string_view part) {
    if (part.empty() || part.size() < min_chars_ || count_code_points(part) < min_chars_) {
      if (!part.empty()) last_ = {};
      return false;
    }
    if (!consecutive_) return seen().add(part);
    const bool repeats = part == last_;
    last_ = part;
    return repeats;
  }

 private:
  static SeenParts& seen() {
    thread_local SeenParts kept;
    return kept;
  }

  std::uint64_t min_chars_;
  bool consecutive_;
  std::string_view last_;
};

/// Removes lines from a text; those that stay are joined by LF.
class Removal {
 public:
  explicit Removal(std::string& text) : edits_(text) {}

  /// From the begin of a line to the begin of another, or (`to_the_end`) with all that follow.
  void remove(std::size_t begin, std::size_t end, bool to_the_end) {
    if (begin != end_) flush();
    if (begin_ == end_) begin_ = begin;
    end_ = end;
    to_the_end_ = to_the_end;
  }
  void finish() {
    flush();
    edits_.finish();
  }

 private:
  void flush() {
    if (begin_ == end_ && !to_the_end_) return;
    const bool joined = to_the_end_ && begin_ > 0;  // the line end before it joins nothing any more
    edits_.remove(begin_ - (joined ? 1 : 0), end_);
    begin_ = end_;
    to_the_end_ = false;
  }

  Edits edits_;
  std::size_t begin_ = 0;  // what is to go next
  std::size_t end_ = 0;
  bool to_the_end_ = false;
};

}  // namespace

Reason apply(const DedupLinesSpec& spec, std::string& text) {
  Repeats repeats(text, spec.min_chars, spec.consecutive);
  Removal removal(text);
  const std::string_view s = text;
  for_each_line(s, [&](std::string_view line, std::size_t begin) {
    if (repeats.has(trimmed(line))) {
      const bool is_last = begin + line.size() == s.size();
      removal.remove(begin, begin + line.size() + (is_last ? 0 : 1), is_last);
    }
  });
  removal.finish();
  return Reason::none;
}

Reason apply(const DedupParagraphsSpec& spec, std::string& text) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  Repeats repeats(text, spec.min_chars, spec.consecutive);
  Removal removal(text);
  const std::string_view s = text;
  std::size_t begin = kNone;  // of the paragraph at hand
  std::size_t end = kNone;    // where its last line ends; the blank lines behind it are still being read
  const auto take = [&](std::size_t next, bool is_last) {
    if (begin != kNone && repeats.has(trimmed(s.substr(begin, end - begin)))) removal.remove(begin, next, is_last);
    begin = kNone;
  };
  bool after_blank = true;
  for_each_line(s, [&](std::string_view line, std::size_t at) {
    const bool blank = trimmed(line).empty();
    if (!blank && after_blank) {
      take(at, false);
      begin = at;
    }
    if (!blank) end = at + line.size();
    after_blank = blank;
  });
  take(s.size(), true);
  removal.finish();
  return Reason::none;
}

}  // namespace quern
