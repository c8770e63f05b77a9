#include "lines.hpp"
#include "quern/base/wide.hpp"
#include "quern/clean/steps.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace quern {

namespace {

// The paper gives one example of each; these are this project's own (docs/clean.md lists them). Lower case, ASCII.
constexpr std::array<std::string_view, 11> kAtBegin = {
    "click here", "jump to navigation", "log in", "log-in", "login", "share this", "sign in", "sign up", "sign-in", "skip to content", "skip to main content",
};
constexpr std::array<std::string_view, 10> kAtEnd = {
    "continue reading", "learn more", "load more", "read more", "read the rest", "see all", "see more", "show more", "view all", "view more",
};
constexpr std::array<std::string_view, 13> kAnywhere = {
    "add to basket",     "add to cart",   "add to wish list",    "add to wishlist",  "all rights reserved", "item in cart",      "items in cart",
    "items in your cart", "share on facebook", "share on twitter", "share via email", "your basket is empty", "your cart is empty",
};
constexpr std::array<std::string_view, 43> kCounted = {
    "answer",  "answers", "comment", "comments", "download", "downloads", "favorite", "favorites",  "favourite", "favourites",  "follower",
    "followers", "following", "hit", "hits",     "like",     "likes",     "photo",    "photos",     "pin",       "pins",        "point",
    "points",  "post",    "posts",   "rating",   "ratings",  "replies",   "reply",    "retweet",    "retweets",  "review",      "reviews",
    "share",   "shares",  "subscriber", "subscribers", "tweet", "tweets", "view",     "views",      "vote",        "votes",
};
static_assert(std::is_sorted(kCounted.begin(), kCounted.end()));

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) noexcept { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
constexpr bool is_word_byte(char c) noexcept { return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

struct Counts {
  std::uint64_t words = 0;
  std::uint64_t chars = 0;  ///< that are not white space
  std::uint64_t upper = 0;
  std::uint64_t letters = 0;  ///< and marks
  std::uint64_t numbers = 0;
};

enum : std::uint8_t { kSpaceClass = 1, kUpperClass = 2, kLetterClass = 4, kNumberClass = 8 };

constexpr std::array<std::uint8_t, 128> kAscii = [] {
  std::array<std::uint8_t, 128> classes{};
  for (std::size_t c = 0; c < 128; ++c) {
    const char byte = static_cast<char>(c);
    if (c == ' ' || c - 9u < 5) classes[c] = kSpaceClass;
    if (is_digit(byte)) classes[c] = kNumberClass;
    if (byte >= 'A' && byte <= 'Z') classes[c] = kUpperClass | kLetterClass;
    if (byte >= 'a' && byte <= 'z') classes[c] = kLetterClass;
  }
  return classes;
}();

std::uint8_t class_of(char32_t c) noexcept {
  using namespace unicode;
  constexpr std::uint32_t kUpperCase = category_mask(Category::Lu, Category::Lt);
  if (c < 0x80) return kAscii[c];
  const Record& r = record(c);
  const std::uint32_t bit = category_bit(r.category);
  if ((r.flags & kWhiteSpace) != 0) return kSpaceClass;
  if ((bit & kUpperCase) != 0) return kUpperClass | kLetterClass;
  if ((bit & (kLetter | kMark)) != 0) return kLetterClass;
  return static_cast<std::uint8_t>((bit & kNumber) != 0 ? kNumberClass : 0);
}

Counts count(std::string_view line) noexcept {
  Counts counts;
  bool after_space = true;
  for (std::size_t at = 0; at < line.size();) {
    const std::uint8_t c = class_of(next_code_point(line, at));
    const bool space = (c & kSpaceClass) != 0;
    counts.words += after_space && !space;
    counts.chars += !space;
    counts.upper += (c & kUpperClass) != 0;
    counts.letters += (c & kLetterClass) != 0;
    counts.numbers += (c & kNumberClass) != 0;
    after_space = space;
  }
  return counts;
}

std::uint64_t count_words(std::string_view s) {
  std::uint64_t words = 0;
  for_each_spaced_word(s, [&](std::string_view) { return ++words != 0; });
  return words;
}

/// "3", "1,234", "12.5k".
bool is_amount(std::string_view word) noexcept {
  if (word.size() > 1 && std::string_view("kmb").find(lower(word.back())) != std::string_view::npos) word.remove_suffix(1);
  return !word.empty() && is_digit(word.front()) && is_digit(word.back()) &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.' || c == ',' || c == '\''; });
}

/// Nothing but amounts and names of what is counted, at least one of each.
bool is_counter(std::string_view line) {
  bool amount = false, counted = false, other = false;
  for_each_spaced_word(line, [&](std::string_view word) {
    while (!word.empty() && !is_word_byte(word.front())) word.remove_prefix(1);
    while (!word.empty() && !is_word_byte(word.back())) word.remove_suffix(1);
    std::array<char, 16> low{};
    const bool short_enough = word.size() <= low.size();
    if (short_enough) std::transform(word.begin(), word.end(), low.begin(), lower);
    const bool named = short_enough && std::ranges::binary_search(kCounted, std::string_view(low.data(), word.size()));
    const bool is_number = !named && is_amount(word);
    counted |= named;
    amount |= is_number;
    other |= !named && !is_number && !word.empty();
    return !other;
  });
  return amount && counted && !other;
}

/// A piece of a line that goes.
struct Cut {
  std::size_t begin;
  std::size_t end;
};

/// Where patterns stand in a short line; whole words only.
class Patterns {
 public:
  /// The cuts do not overlap and are in order.
  const std::vector<Cut>& find(std::string_view line) {
    cuts_.clear();
    low_.assign(line);
    std::transform(low_.begin(), low_.end(), low_.begin(), lower);
    for (const std::string_view pattern : kAtBegin) {
      if (cuts_.empty() && low_.starts_with(pattern) && stands_alone(0, pattern.size())) cuts_.push_back({0, pattern.size()});
    }
    find_anywhere();
    find_end();
    std::ranges::sort(cuts_, {}, &Cut::begin);
    return cuts_;
  }

 private:
  bool stands_alone(std::size_t begin, std::size_t end) const noexcept {
    return (begin == 0 || !is_word_byte(low_[begin - 1])) && (end == low_.size() || !is_word_byte(low_[end]));
  }

  void find_anywhere() {
    for (const std::string_view pattern : kAnywhere) {
      const std::size_t at = low_.find(pattern);
      if (at != std::string::npos && stands_alone(at, at + pattern.size())) add({at, at + pattern.size()});
    }
  }

  /// Before dots and arrows.
  void find_end() {
    std::size_t end = low_.size();
    while (end > 0 && !is_alphanumeric(low_[end - 1])) --end;
    for (const std::string_view pattern : kAtEnd) {
      if (!std::string_view(low_).substr(0, end).ends_with(pattern) || !stands_alone(end - pattern.size(), end)) continue;
      return add({end - pattern.size(), low_.size()});
    }
  }

  void add(Cut cut) {
    const auto meets = [&](const Cut& other) { return cut.begin < other.end && other.begin < cut.end; };
    if (std::ranges::none_of(cuts_, meets)) cuts_.push_back(cut);
  }

  std::vector<Cut> cuts_;
  std::string low_;
};

class Lines {
 public:
  Lines(const RefinedWebLinesSpec& spec, std::string& text) : spec_(spec), text_(text) {}

  Reason run() {
    LineSink sink(text_);
    for_each_line(text_, [&](std::string_view line, std::size_t) { take(line, sink); });
    sink.finish();
    const bool too_many = Uint128{removed_} * 1'000'000 > Uint128{words_} * spec_.max_removed_words_ppm;
    return too_many ? Reason::refinedweb_lines : Reason::none;
  }

 private:
  void take(std::string_view line, LineSink& sink) {
    const Counts counts = count(line);
    words_ += counts.words;
    if (counts.words == 0) return sink.add(line);
    if (goes(line, counts)) {
      removed_ += counts.words;
    } else if (counts.words > spec_.max_pattern_words || !cut_patterns(line)) {
      sink.add(line);
    } else if (!trimmed(rest_).empty()) {
      sink.add(trimmed(rest_));
    }
  }

  bool goes(std::string_view line, const Counts& counts) const {
    if (Uint128{counts.upper} * 1'000'000 > Uint128{counts.chars} * spec_.max_uppercase_ppm) return true;
    if (spec_.numbers && counts.letters == 0 && counts.numbers > 0) return true;
    if (counts.words < spec_.min_words) return true;
    return spec_.counters && counts.numbers > 0 && is_counter(line);
  }

  bool cut_patterns(std::string_view line) {
    line = trimmed(line);
    const std::vector<Cut>& cuts = patterns_.find(line);
    if (cuts.empty()) return false;
    rest_.clear();
    std::size_t done = 0;
    for (const Cut& cut : cuts) {
      rest_.append(line, done, cut.begin - done);
      removed_ += count_words(line.substr(cut.begin, cut.end - cut.begin));
      done = cut.end;
    }
    rest_.append(line, done);
    return true;
  }

  const RefinedWebLinesSpec& spec_;
  std::string& text_;
  Patterns patterns_;
  std::string rest_;
  std::uint64_t words_ = 0;
  std::uint64_t removed_ = 0;
};

}  // namespace

Reason apply(const RefinedWebLinesSpec& spec, std::string& text) { return Lines(spec, text).run(); }

}  // namespace quern
