#include "edits.hpp"
#include "lines.hpp"
#include "quern/clean/steps.hpp"
#include "scan.hpp"

namespace quern {

namespace {

/// White space that may not be a single space between words or a single line end. U+2028 and U+2029 are E2 80 A8 and A9.
constexpr auto kMayChange = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  const bool blank = (byte == ' ') | (byte == '\n');
  const bool before_more = (next <= ' ') | (next == 0xC2) | ((next >= 0xE1) & (next <= 0xE3));
  const bool tab = (byte == '\t') | (byte == 0x0B) | (byte == 0x0C);
  const bool wide = ((byte == 0xC2) & (next == 0xA0)) | ((byte == 0xE1) & (next == 0x9A)) |
                    ((byte == 0xE2) & ((next == 0x80) | (next == 0x81))) | ((byte == 0xE3) & (next == 0x80));
  return (blank & before_more) | tab | wide;
};

bool is_line_end(std::string_view s, std::size_t at, std::size_t bytes) noexcept {
  return s[at] == '\n' || (bytes == 3 && s[at] == '\xE2' && s[at + 1] == '\x80' && (s[at + 2] == '\xA8' || s[at + 2] == '\xA9'));
}

/// What becomes of runs of white space, line ends included.
class Runs {
 public:
  Runs(const WhiteSpaceSpec& spec, std::string& text) : spec_(spec), text_(text), edits_(text) {}

  void run() {
    Scan scan(text_, kMayChange);
    take(0);
    for (std::size_t at = scan.next(end_); at < text_.size(); at = scan.next(end_ > at ? end_ : at + 1)) take(at);
    edits_.finish();
  }

 private:
  void take(std::size_t begin) {
    end_ = begin;
    by_.clear();
    line_ends_ = 0;
    std::size_t part = begin;
    while (const std::size_t bytes = white_space_at(text_, end_)) {
      if (is_line_end(text_, end_, bytes)) {
        end_line(text_.substr(part, end_ - part), begin == 0);
        part = end_ + bytes;
      }
      end_ += bytes;
    }
    if (end_ == begin) return;
    finish(text_.substr(part, end_ - part), begin == 0);
    if (by_ != text_.substr(begin, end_ - begin)) edits_.replace(begin, end_, by_);
  }

  /// `part`: what stands before the line end, behind the one before it.
  void end_line(std::string_view part, bool starts_text) {
    // Behind a line the first of them ends that line, and only the others end blank lines.
    const std::uint64_t limit = !starts_text ? spec_.max_blank_lines + 1 : spec_.trim ? 0 : spec_.max_blank_lines;
    if (++line_ends_ > limit) return;
    if (!spec_.trim) add(part);
    by_ += '\n';
  }

  /// `part`: what stands behind the last line end.
  void finish(std::string_view part, bool starts_text) {
    if (end_ == text_.size() && spec_.trim) return by_.clear();
    const bool indents = line_ends_ > 0 || starts_text;
    if (indents && spec_.keep_indentation) {
      by_ += part;
    } else if (!indents || !spec_.trim) {
      add(part);
    }
  }

  void add(std::string_view part) {
    if (spec_.collapse && !part.empty()) part = " ";
    by_ += part;
  }

  const WhiteSpaceSpec& spec_;
  std::string_view text_;
  Edits edits_;
  std::string by_;             ///< what the run at hand becomes
  std::size_t end_ = 0;        ///< of the run at hand
  std::uint64_t line_ends_ = 0;  ///< in it
};

}  // namespace

Reason apply(const WhiteSpaceSpec& spec, std::string& text) {
  if (!text.empty()) Runs(spec, text).run();
  return Reason::none;
}

}  // namespace quern
