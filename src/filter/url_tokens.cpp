#include "url_tokens.hpp"

#include "make_room.hpp"
#include "quern/text/tokens.hpp"

#include <algorithm>

namespace quern {

namespace {

constexpr std::string_view kMark = "://";

bool belongs_to_scheme(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && ((kAsciiTokenClass[byte] & (kTokenLetter | kTokenNumber)) != 0 || c == '+' || c == '.' || c == '-');
}

/// Where the run ends in which `at` lies.
std::size_t run_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size()) {
    const tokens::Character c = tokens::character_at(text, at);
    if ((c.classes & kTokenSpace) != 0) break;
    at = c.end;
  }
  return at;
}

std::size_t without_peeled(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  while (end > begin) {
    const std::size_t last = tokens::previous(text, end);
    if ((tokens::character_at(text, last).classes & kTokenPeel) == 0) break;
    end = last;
  }
  return end;
}

class Joiner {
 public:
  Joiner(const TokenPlaces& from, TokenPlaces& to) : from_(from), to_(to) {}

  bool token_begins_at(std::size_t begin) const {
    const std::size_t token = find(begin);
    return token != from_.count && from_.begins[token] == begin;
  }

  /// The token that begins at `begin` and all others before `end` become one.
  void join(std::size_t begin, std::size_t end) {
    if (count_ == 0) make_room(to_.begins, from_.count + 1), make_room(to_.ends, from_.count + 1);
    copy_until(find(begin));
    to_.begins[count_] = static_cast<std::uint32_t>(begin);
    to_.ends[count_++] = static_cast<std::uint32_t>(end);
    next_ = find(end);
  }

  bool finish() {
    if (count_ == 0) return false;
    copy_until(from_.count);
    to_.count = count_;
    to_.chars = from_.chars;
    return true;
  }

 private:
  std::size_t find(std::size_t begin) const {
    const auto first = from_.begins.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto last = from_.begins.begin() + static_cast<std::ptrdiff_t>(from_.count);
    return static_cast<std::size_t>(std::lower_bound(first, last, begin) - from_.begins.begin());
  }
  void copy_until(std::size_t end) {
    std::copy(from_.begins.data() + next_, from_.begins.data() + end, to_.begins.data() + count_);
    std::copy(from_.ends.data() + next_, from_.ends.data() + end, to_.ends.data() + count_);
    count_ += end - next_;
    next_ = end;
  }

  const TokenPlaces& from_;
  TokenPlaces& to_;
  std::size_t next_ = 0;   ///< of `from`, the first that is not in `to`
  std::size_t count_ = 0;  ///< of `to`
};

}  // namespace

bool join_urls(std::string_view text, const TokenPlaces& from, TokenPlaces& to) {
  Joiner joiner(from, to);
  std::size_t searched = 0;  // schemes begin at or behind this
  for (std::size_t mark = text.find(kMark); mark != std::string_view::npos; mark = text.find(kMark, searched)) {
    std::size_t begin = mark;
    while (begin > searched && belongs_to_scheme(text[begin - 1])) --begin;
    searched = mark + kMark.size();
    if (begin == mark || !joiner.token_begins_at(begin)) continue;
    searched = run_end(text, mark);
    joiner.join(begin, without_peeled(text, begin, searched));
  }
  return joiner.finish();
}

}  // namespace quern
