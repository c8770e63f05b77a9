// Walks a text 64 bytes at a time: most figures are arithmetic on bit masks, and what is rare is looked at where a mask shows it.

#include "bits.hpp"
#include "kernels/page_masks.hpp"
#include "phrases.hpp"
#include "quern/filter/page_statistics.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

namespace quern {

namespace {

constexpr std::uint64_t low_bits(std::size_t n) noexcept { return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1; }

/// Whether somewhere `n` bits in a row are set.
bool has_run(std::uint64_t bits, std::uint64_t n) noexcept {
  if (n > 64) return false;
  for (std::uint64_t have = 1; have < n && bits != 0;) {
    const std::uint64_t step = std::min(have, n - have);
    bits &= bits >> step;
    have += step;
  }
  return bits != 0;
}

class PageCounter {
  /// The stop words as four bytes, with zeros in front.
  static constexpr auto kStopWordBytes = [] {
    std::array<std::uint32_t, kStopWords.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (const char letter : kStopWords[i]) words[i] = words[i] >> 8 | static_cast<std::uint32_t>(letter) << 24;
    }
    return words;
  }();

 public:
  explicit PageCounter(std::string_view text) : text_(text) {}

  PageStatistics count(FindPageMasks find_masks) {
    for (; begin_ < text_.size(); begin_ += 64) {
      load(find_masks);
      count_characters();
      count_words();
      look_at_places();
      count_lines();
    }
    finish();
    return page_;
  }

 private:
  void load(FindPageMasks find_masks) noexcept {
    const std::size_t left = text_.size() - begin_;
    p_ = text_.data() + begin_;
    if (left < tail_.size()) {
      tail_.fill(' ');
      std::memcpy(tail_.data(), p_, left);
      p_ = tail_.data();
    }
    find_masks(p_, m_);
    all_ = low_bits(left);
    space_ = (m_.space & all_) | spill_;
    letter_ = m_.letter & all_;
    spill_ = 0;
    if ((m_.high & m_.lead & all_) != 0) add_non_ascii();
    other_ = all_ & ~space_;
  }

  void add_non_ascii() noexcept {
    for (std::uint64_t leads = m_.high & m_.lead & all_; leads != 0; leads &= leads - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(leads));
      std::size_t end = begin_ + i;
      const char32_t c = next_code_point(text_, end);
      const unicode::Record& record = unicode::record(c);
      const std::uint64_t bits = low_bits(end - begin_ - i);
      if ((record.flags & unicode::kWhiteSpace) != 0) {
        space_ |= bits << i;
        if (end - begin_ > 64) spill_ = low_bits(end - begin_ - 64);
      }
      if ((unicode::category_bit(record.category) & unicode::kLetter) != 0) letter_ |= std::uint64_t{1} << i;
      page_.digits += record.category == Category::Nd;
      page_.brackets += c == U'\u27E8' || c == U'\u27E9';
      if (phrases::ends_sentence(c)) page_.sentences += text_follows(end);
    }
  }

  void count_characters() noexcept {
    page_.chars += ::quern::count(m_.lead & all_);
    page_.newlines += ::quern::count(m_.newline & all_);
    page_.digits += ::quern::count(m_.digit & all_);
    page_.white_space += ::quern::count(m_.white & all_);
    page_.brackets += ::quern::count(m_.bracket & all_);
    page_.basic_chars += ::quern::count(m_.basic & all_);
    page_.open_braces += ::quern::count(m_.open & all_);
  }

  void count_words() noexcept {
    const std::uint64_t starts = other_ & ~(other_ << 1 | (in_word_ ? 1u : 0u));
    page_.words += ::quern::count(starts);
    page_.word_chars += ::quern::count(other_ & m_.lead);
    const std::uint64_t without_letter = starts | (waits_for_letter_ ? other_ & 1 : 0);
    page_.alpha_words += ::quern::count(after_run(without_letter, other_ & ~letter_) & letter_ & other_);
    find_common_words(starts);
    find_symbol_words(starts);
    measure_words();
    carry_word();
  }

  void carry_word() noexcept {
    const bool open = (other_ >> 63) != 0;
    const int length = std::countl_one(other_);  // of the word that goes on
    const bool has_letter = length == 64 ? letter_ != 0 : open && (letter_ >> (64 - length)) != 0;
    waits_for_letter_ = open && !has_letter && (length < 64 || !in_word_ || waits_for_letter_);
    in_word_ = open;
  }

  // In the characters of words that lie across blocks, and of those within this one that may be longer than the longest.
  void measure_words() noexcept {
    const std::uint64_t chars = m_.lead & all_;
    const int first = std::countr_one(other_);
    open_chars_ += ::quern::count(chars & low_bits(static_cast<std::size_t>(first)));
    page_.longest_word = std::max(page_.longest_word, open_chars_);
    if (first == 64) return;
    if (has_run(other_, page_.longest_word + 1)) {
      for (std::uint64_t words = other_; words != 0;) {
        const int begin = std::countr_zero(words);
        const int length = std::countr_one(words >> begin);
        const std::uint64_t word = low_bits(static_cast<std::size_t>(length)) << begin;
        page_.longest_word = std::max(page_.longest_word, ::quern::count(chars & word));
        words &= ~word;
      }
    }
    const int last = std::countl_one(other_);
    open_chars_ = last == 0 ? 0 : ::quern::count(chars & ~low_bits(static_cast<std::size_t>(64 - last)));
  }

  bool is_space_at(std::size_t at) const noexcept {
    if (at >= text_.size()) return true;
    return (tokens::character_at(text_, at).classes & kTokenSpace) != 0;
  }

  void find_common_words(std::uint64_t starts) noexcept {
    if (page_.common_words >= PageStatistics::kMostCommonWords) return;
    const std::uint64_t spaces = space_ | ~all_;
    std::uint64_t found = 0;
    const auto find = [&](unsigned length, auto... words) {
      for (std::uint64_t places = starts & letter_ & spaces >> length; places != 0; places &= places - 1) {
        std::uint32_t bytes;
        std::memcpy(&bytes, p_ + std::countr_zero(places), sizeof bytes);
        bytes <<= 32 - 8 * length;
        found += (... || (bytes == kStopWordBytes[words]));
      }
    };
    find(2, 1u, 2u, 3u);
    find(3, 0u, 4u);
    find(4, 5u, 6u, 7u);
    // Words that end with the block or behind it, which the shifts above do not see.
    for (std::uint64_t places = starts & letter_ & ~low_bits(60); places != 0; places &= places - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(places));
      std::uint32_t bytes;
      std::memcpy(&bytes, p_ + i, sizeof bytes);
      for (std::size_t word = 0; word < kStopWords.size(); ++word) {
        const std::size_t length = kStopWords[word].size();
        const bool equal = bytes << (32 - 8 * length) == kStopWordBytes[word];
        if (equal && i + length >= 64) found += is_space_at(begin_ + i + length);
      }
    }
    page_.common_words = std::min(page_.common_words + found, PageStatistics::kMostCommonWords);
  }

  std::size_t word_end(std::size_t at) const noexcept {
    while (at < text_.size()) {
      const tokens::Character c = tokens::character_at(text_, at);
      if ((c.classes & kTokenSpace) != 0) break;
      at = c.end;
    }
    return at;
  }

  std::size_t word_begin(std::size_t at) const noexcept {
    while (at > 0) {
      const std::size_t before = tokens::previous(text_, at);
      if ((tokens::character_at(text_, before).classes & kTokenSpace) != 0) break;
      at = before;
    }
    return at;
  }

  // A word is looked at once: at its first # if it has one, at its begin if that may be an ellipsis.
  void find_symbol_words(std::uint64_t starts) noexcept {
    for (std::uint64_t hashes = m_.hash & all_; hashes != 0; hashes &= hashes - 1) {
      const std::size_t at = begin_ + static_cast<std::size_t>(std::countr_zero(hashes));
      if (at < hash_word_end_) continue;
      hash_word_end_ = word_end(at);
      const std::size_t begin = word_begin(at);
      page_.symbol_words += is_mostly_hashes(text_.substr(begin, hash_word_end_ - begin));
    }
    for (std::uint64_t places = starts & ~m_.letter & ~m_.digit; places != 0; places &= places - 1) {
      constexpr std::size_t kLongest = 8;
      const std::size_t at = begin_ + static_cast<std::size_t>(std::countr_zero(places));
      const std::string_view rest = text_.substr(at, kLongest);
      if (rest[0] != '.' && rest[0] != '[' && rest[0] != '(' && rest[0] != '-' && static_cast<unsigned char>(rest[0]) != 0xE2) continue;
      std::size_t end = at;
      while (end < at + kLongest && !is_space_at(end)) end = tokens::character_at(text_, end).end;
      page_.symbol_words += phrases::is_ellipsis_word(text_.substr(at, end - at));
    }
  }

  /// Runs of # are counted, against twice the characters.
  static bool is_mostly_hashes(std::string_view word) noexcept {
    std::uint64_t runs = 0;
    for (std::size_t i = 0; i < word.size(); ++i) runs += word[i] == '#' && (i == 0 || word[i - 1] != '#');
    return 2 * runs > count_code_points(word);
  }

  void look_at_places() {
    for (std::uint64_t anchors = m_.anchor & all_; anchors != 0; anchors &= anchors - 1) {
      look_at_anchor(begin_ + static_cast<std::size_t>(std::countr_zero(anchors)));
    }
    for (std::uint64_t ends = m_.terminal & all_; ends != 0; ends &= ends - 1) {
      page_.sentences += begins_sentence_after(begin_ + static_cast<std::size_t>(std::countr_zero(ends)));
    }
    // "m i" of lorem ipsum and "f u" of terms of use end here.
    const std::uint64_t blank = m_.space & all_;
    const std::uint64_t blank_before = blank << 1 | before_.space >> 63;
    const std::uint64_t m_before = m_.m << 2 | before_.m >> 62, f_before = m_.f << 2 | before_.f >> 62;
    for (std::uint64_t places = m_.i & all_ & blank_before & m_before; places != 0; places &= places - 1) {
      const std::size_t at = begin_ + static_cast<std::size_t>(std::countr_zero(places));
      if (at < 6 || !phrases::stands_at(text_, at - 6, "lorem ipsum")) continue;
      ++page_.lorem_ipsum;
    }
    for (std::uint64_t places = m_.u & all_ & blank_before & f_before; places != 0; places &= places - 1) {
      const std::size_t at = begin_ + static_cast<std::size_t>(std::countr_zero(places));
      if (at >= 9 && phrases::stands_at(text_, at - 9, "terms of use")) boilerplate_.push_back(at);
    }
    before_ = m_;
  }

  void look_at_anchor(std::size_t at) {
    if (at == 0 || at + 1 >= text_.size()) return;
    const char before = static_cast<char>(text_[at - 1] | 0x20), after = static_cast<char>(text_[at + 1] | 0x20);
    if (text_[at] == ':') {
      std::size_t begin = 0;
      const std::size_t end = after == '/' && at >= url_end_ ? phrases::url_end(text_, at, begin) : 0;
      if (end == 0) return;
      page_.url_chars += end - begin;
      url_end_ = end;
    } else if ((before == 'o' && after == 'i' && phrases::is_cookie_phrase(text_, at)) ||
               (before == 'i' && after == 'a' && phrases::is_privacy_phrase(text_, at))) {
      boilerplate_.push_back(at);
    }
  }

  /// Whether the line goes on with anything but white space.
  bool text_follows(std::size_t at) const noexcept {
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    return at < text_.size() && text_[at] != '\n';
  }

  bool is_upper(std::size_t at) const noexcept { return text_[at] >= 'A' && text_[at] <= 'Z'; }

  /// Whether the full stop, exclamation or question mark at `at` ends a sentence and another begins in the same line.
  bool begins_sentence_after(std::size_t at) const noexcept {
    std::size_t next = at + 1;
    if (text_[at] == '.' && is_no_full_stop(at)) return false;
    while (next < text_.size() && closes(text_[next])) ++next;
    if (next < text_.size() && static_cast<unsigned char>(text_[next]) >= 0x80) {
      for (const std::string_view quote : {"\u201D", "\u2019", "\u00BB"}) {
        if (text_.substr(next).starts_with(quote)) next += quote.size();
      }
    }
    return next < text_.size() && (text_[next] == ' ' || text_[next] == '\t') && text_follows(next);
  }

  static bool closes(char c) noexcept {
    switch (c) {
      case '"': case '\'': case ')': case ']': case '}': case '*': case '_': case '`': return true;
      default: return false;
    }
  }

  /// One of several, or behind an initial.
  bool is_no_full_stop(std::size_t at) const noexcept {
    if ((at + 1 < text_.size() && text_[at + 1] == '.') || (at > 0 && text_[at - 1] == '.')) return true;
    if (at == 0 || !is_upper(at - 1)) return false;
    return at == 1 || (static_cast<unsigned char>(text_[at - 2]) < 0x80 &&
                       (kAsciiTokenClass[static_cast<unsigned char>(text_[at - 2])] & (kTokenLetter | kTokenNumber)) == 0);
  }

  void count_lines() noexcept {
    for (std::uint64_t ends = m_.newline & all_; ends != 0; ends &= ends - 1) {
      end_line(begin_ + static_cast<std::size_t>(std::countr_zero(ends)));
    }
    if (m_.high != 0) high_end_ = begin_ + 64;
  }

  void end_line(std::size_t end) noexcept {
    if (end == line_begin_) {
      // The second LF of a pair parts two paragraphs.
      if (line_begin_ > 0) pair_ends_ = !pair_ends_;
      page_.paragraphs += pair_ends_;
    } else {
      pair_ends_ = false;
      add_line(text_.substr(line_begin_, end - line_begin_));
    }
    line_begin_ = end + 1;
  }

  void add_line(std::string_view line) noexcept {
    std::size_t begin = 0, end = line.size();
    while (begin < end && !is_graphic(line[begin])) {
      const tokens::Character c = tokens::character_at(line, begin);
      if ((c.classes & kTokenSpace) == 0) break;
      begin = c.end;
    }
    if (begin == end) return;
    while (!is_graphic(line[end - 1])) {
      const std::size_t last = tokens::previous(line, end);
      if ((tokens::character_at(line, last).classes & kTokenSpace) == 0) break;
      end = last;
    }
    const std::string_view stripped = line.substr(begin, end - begin);
    const bool marked = is_mark(stripped.back());
    const bool ends_here = end == line.size();
    ++page_.lines;
    ++page_.sentences;
    page_.short_lines += is_short(line);
    page_.unmarked_lines += !marked;
    page_.ended_lines += ends_here && (marked || ends_with_terminal(line));
    page_.bullet_lines += phrases::begins_with_bullet(stripped);
    if (may_be_ellipsis(stripped)) page_.ellipsis_lines += phrases::ends_with_ellipsis(stripped);
  }

  static bool is_graphic(char c) noexcept { return c > ' ' && c < 0x7F; }
  bool is_short(std::string_view line) const noexcept {
    if (line.size() <= PageStatistics::kShortLine) return true;
    const bool ascii = high_end_ <= static_cast<std::size_t>(line.data() - text_.data()) && m_.high == 0;
    return !ascii && line.size() <= 4 * PageStatistics::kShortLine && count_code_points(line) <= PageStatistics::kShortLine;
  }
  static bool is_mark(char c) noexcept { return c == '.' || c == '?' || c == '!' || c == '"' || c == '\''; }
  static bool ends_with_terminal(std::string_view line) noexcept {
    if (static_cast<unsigned char>(line.back()) < 0x80) return false;
    std::size_t at = tokens::previous(line, line.size());
    return phrases::ends_sentence(next_code_point(line, at));
  }
  static bool may_be_ellipsis(std::string_view line) noexcept {
    const char last = line.back(), before = line.size() > 1 ? line[line.size() - 2] : ' ';
    if (last == '.') return before == '.';
    if (last == 'e' || last == 'E') return (before | 0x20) == 'r';
    return last == ']' || last == ')' || static_cast<unsigned char>(last) >= 0x80;
  }

  void finish() {
    if (line_begin_ < text_.size()) end_line(text_.size());
    if (!text_.empty()) ++page_.paragraphs;
    if (boilerplate_.empty()) return;
    std::sort(boilerplate_.begin(), boilerplate_.end());
    std::size_t begin = 0;
    for (auto place = boilerplate_.begin(); place != boilerplate_.end();) {
      std::size_t end = text_.find("\n\n", begin);
      if (end == std::string_view::npos) end = text_.size();
      const auto next = std::lower_bound(place, boilerplate_.end(), end);
      page_.boilerplate_paragraphs += next != place;
      place = next;
      begin = end + 2;
    }
  }

  std::string_view text_;
  PageStatistics page_;
  std::size_t begin_ = 0;  ///< of the block
  const char* p_ = nullptr;     ///< its bytes, with four more that may be read
  std::array<char, 72> tail_;
  PageMasks m_, before_;
  std::uint64_t all_ = 0, space_ = 0, other_ = 0, letter_ = 0;
  std::uint64_t spill_ = 0;  ///< bytes of the next block that belong to white space of this one
  bool in_word_ = false, waits_for_letter_ = false;
  std::uint64_t open_chars_ = 0;  ///< of the word that the block before left open
  std::size_t high_end_ = 0;  ///< of the last block before this one with a character that is not ASCII
  std::size_t hash_word_end_ = 0, url_end_ = 0, line_begin_ = 0;
  bool pair_ends_ = false;
  std::vector<std::size_t> boilerplate_;  ///< places of stock phrases
};

}  // namespace

PageStatistics count_page(std::string_view text, Kernel kernel) { return PageCounter(text).count(find_page_masks(kernel)); }

}  // namespace quern
