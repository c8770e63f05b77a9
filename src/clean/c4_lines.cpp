#include "lines.hpp"
#include "quern/clean/steps.hpp"
#include "quern/text/utf8.hpp"
#include "scan.hpp"

#include <array>

namespace quern {

namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// A phrase in lower case, and where its two rarest neighbours lie, by which it is found.
struct Phrase {
  std::string_view text;
  std::size_t at;
  bool policy;
};

constexpr std::array<Phrase, 7> kPhrases = {{
    {"javascript", 0, false},
    {"terms of use", 3, true},
    {"privacy policy", 5, true},
    {"cookie policy", 2, true},
    {"uses cookies", 7, true},
    {"use of cookies", 9, true},
    {"use cookies", 6, true},
}};

/// The pairs "ja", "ms", "cy", "ok", with either case.
constexpr auto kMayBelong = [](std::uint8_t byte, std::uint8_t next) noexcept -> std::uint8_t {
  byte |= 0x20;
  next |= 0x20;
  return ((byte == 'j') & (next == 'a')) | ((byte == 'm') & (next == 's')) | ((byte == 'c') & (next == 'y')) | ((byte == 'o') & (next == 'k'));
};

/// Whether the phrase stands in the line with its pair at `pair`.
bool stands_at(const Phrase& phrase, std::string_view line, std::size_t pair) noexcept {
  if (pair < phrase.at || line.size() - (pair - phrase.at) < phrase.text.size()) return false;
  const std::size_t begin = pair - phrase.at;
  for (std::size_t i = 0; i < phrase.text.size(); ++i) {
    if (lower(line[begin + i]) != phrase.text[i]) return false;
  }
  return true;
}

/// Bytes of the citation mark that begins at `at`; 0: there is none.
std::size_t citation_at(std::string_view s, std::size_t at) noexcept {
  s.remove_prefix(at);
  for (const std::string_view mark : {"[edit]", "[citation needed]"}) {
    if (s.starts_with(mark)) return mark.size();
  }
  std::size_t end = 1;
  while (end < s.size() && s[end] >= '0' && s[end] <= '9') ++end;
  return end < s.size() && s[end] == ']' ? end + 1 : 0;
}

class Lines {
 public:
  Lines(const C4LinesSpec& spec, std::string& text) : spec_(spec), text_(text), scan_(text, kMayBelong) {}

  void run() {
    LineSink sink(text_);
    for_each_line(text_, [&](std::string_view line, std::size_t begin) {
      if (speaks_of_the_site(line, begin)) return;
      line = without_citations(trimmed(line));
      if (ends_well(line) && has_enough_words(line)) sink.add(line);
    });
    sink.finish();
  }

 private:
  bool speaks_of_the_site(std::string_view line, std::size_t begin) noexcept {
    if (!spec_.javascript && !spec_.policies) return false;
    const std::size_t end = begin + line.size();
    for (std::size_t at = scan_.next(begin); at < end; at = scan_.next(at + 1)) {
      for (const Phrase& phrase : kPhrases) {
        if ((phrase.policy ? spec_.policies : spec_.javascript) && stands_at(phrase, line, at - begin)) return true;
      }
    }
    return false;
  }

  std::string_view without_citations(std::string_view line) {
    std::size_t mark = spec_.citations ? line.find('[') : std::string_view::npos;
    if (mark == std::string_view::npos) return line;
    shortened_.clear();
    std::size_t done = 0;
    for (; mark != std::string_view::npos; mark = line.find('[', mark)) {
      const std::size_t bytes = citation_at(line, mark);
      if (bytes == 0) {
        ++mark;
        continue;
      }
      shortened_.append(line, done, mark - done);
      done = mark += bytes;
    }
    if (done == 0) return line;
    return trimmed(shortened_.append(line, done));
  }

  bool ends_well(std::string_view line) const noexcept {
    if (spec_.end_marks.empty()) return true;
    if (line.empty() || (!spec_.ellipses && line.ends_with("..."))) return false;
    const std::string_view marks = spec_.end_marks;
    for (std::size_t at = 0; at < marks.size();) {
      const std::size_t begin = at;
      next_code_point(marks, at);
      if (line.ends_with(marks.substr(begin, at - begin))) return true;
    }
    return false;
  }

  bool has_enough_words(std::string_view line) const {
    const bool may_be_long = line.size() > spec_.max_word_chars;
    std::uint64_t words = 0;
    bool too_long = false;
    for_each_spaced_word(line, [&](std::string_view word) {
      ++words;
      too_long |= may_be_long && word.size() > spec_.max_word_chars && count_code_points(word) > spec_.max_word_chars;
      return !too_long && (may_be_long || words < spec_.min_words);
    });
    return !too_long && words >= spec_.min_words;
  }

  const C4LinesSpec& spec_;
  std::string& text_;
  Scan<decltype(kMayBelong)> scan_;
  std::string shortened_;
};

}  // namespace

Reason apply(const C4LinesSpec& spec, std::string& text) {
  Lines(spec, text).run();
  return Reason::none;
}

}  // namespace quern
