// RedPajama-Data v2 (Together Computer 2023): its quality signals as its code defines them, but for what docs/filters.md names.

#include "quern/filter/redpajama.hpp"

#include "normalized_grams.hpp"
#include "quern/text/tokens.hpp"
#include "stop_words.hpp"

#include <cstddef>
#include <string>

namespace quern {

namespace {

constexpr bool is_ascii_punctuation(char32_t c) { return (c > 0x20 && c < 0x7F) && !unicode::is_ascii_letter(c) && (c - U'0') >= 10; }

/// `\w` of Python: letters, numbers and the underscore.
bool is_word_character(std::uint8_t classes, char32_t c) noexcept { return (classes & (kTokenLetter | kTokenNumber)) != 0 || c == U'_'; }

class Walk {
 public:
  Walk(std::string_view text, RedPajamaCounts& counts, NormalizedGrams& grams) : text_(text), counts_(counts), grams_(grams) {}

  void run() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t begin = at;
      const char32_t c = next_code_point(text_, at);
      take(c, begin, at);
    }
    end_raw_word(text_.size());
    grams_.end_word();
    end_segment();
    if (line_begin_ < text_.size()) end_line(text_.size());
  }

 private:
  void take(char32_t c, std::size_t begin, std::size_t end) {
    const std::uint8_t classes = token_class(c);
    const bool space = (classes & kTokenSpace) != 0;
    const bool word = is_word_character(classes, c);
    const Category category = quern::category(c);
    ++counts_.chars;
    counts_.curly_brackets += c == U'{' || c == U'}';
    counts_.upper_case += category == Category::Lu;
    take_raw(c, category, space ? Kind::space : word ? Kind::word : Kind::other, begin);
    take_normalized(c, classes, space);
    if (c == U'.' || c == U'!' || c == U'?') end_segment();
    else segment_has_word_ |= word;
    if (c == U'\n') end_line(begin), line_begin_ = end;
  }

  enum class Kind : std::uint8_t { space, word, other };

  void take_raw(char32_t c, Category category, Kind kind, std::size_t begin) {
    if (kind != kind_) {
      end_raw_word(begin);
      kind_ = kind;
      raw_begin_ = begin;
    }
    raw_alpha_ |= unicode::is_ascii_letter(c);
    raw_upper_ |= category == Category::Lu;
    raw_lower_ |= category == Category::Ll || category == Category::Lt;
  }

  void end_raw_word(std::size_t end) {
    if (kind_ != Kind::space) {
      ++counts_.raw_words;
      counts_.alpha_words += raw_alpha_;
      counts_.upper_case_words += raw_upper_ && !raw_lower_;
      static const StopWordTable stop_words;
      if (kind_ == Kind::word && raw_alpha_) counts_.stop_words += stop_words.has(text_.substr(raw_begin_, end - raw_begin_));
    }
    raw_alpha_ = raw_upper_ = raw_lower_ = false;
    kind_ = Kind::space;
  }

  void take_normalized(char32_t c, std::uint8_t classes, bool space) {
    if (space) return grams_.end_word();
    if (is_ascii_punctuation(c)) return;
    counts_.numbers += (classes & kTokenNumber) != 0;
    grams_.add(simple_fold(c));
  }

  void end_segment() {
    counts_.sentences += segment_has_word_;
    segment_has_word_ = false;
  }

  void end_line(std::size_t end) {
    ++counts_.lines;
    std::size_t begin = line_begin_;
    while (begin < end) {
      const tokens::Character c = tokens::character_at(text_, begin);
      if ((c.classes & kTokenSpace) == 0) break;
      begin = c.end;
    }
    if (begin == end) return;
    std::size_t last = end;
    do {
      end = last;
      last = tokens::previous(text_, end);
    } while ((tokens::character_at(text_, last).classes & kTokenSpace) != 0);
    const char32_t first_character = next_code_point(text_, begin), last_character = next_code_point(text_, last);
    constexpr std::u32string_view kBullets = U"\u2022\u2023\u25B6\u25C0\u25E6\u25A0\u25A1\u25AA\u25AB\u2013";
    constexpr std::u32string_view kTerminals = U".!?\u201D";
    counts_.bullet_lines += kBullets.find(first_character) != kBullets.npos;
    counts_.terminal_lines += kTerminals.find(last_character) != kTerminals.npos;
  }

  std::string_view text_;
  RedPajamaCounts& counts_;
  NormalizedGrams& grams_;
  Kind kind_ = Kind::space;
  std::size_t raw_begin_ = 0, line_begin_ = 0;
  bool raw_alpha_ = false, raw_upper_ = false, raw_lower_ = false, segment_has_word_ = false;
};

}  // namespace

RedPajamaCounts count_redpajama(std::string_view text) {
  thread_local NormalizedGrams grams;
  RedPajamaCounts counts;
  grams.start();
  Walk(text, counts, grams).run();
  grams.count(counts);
  grams.shrink();
  return counts;
}

}  // namespace quern
