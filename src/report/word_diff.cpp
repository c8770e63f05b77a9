#include "quern/report/word_diff.hpp"

#include "report/code_points.hpp"

#include <algorithm>
#include <optional>

namespace quern {

namespace {

using Words = std::vector<std::string_view>;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

/// Written without spaces between words.
bool stands_alone(char32_t c) {
  return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff) || (c >= 0x2e80 && c <= 0x9fff) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xffef) || (c >= 0x20000 && c <= 0x3ffff);
}

bool same(std::string_view a, std::string_view b) {
  const auto trimmed = [](std::string_view word) {
    while (!word.empty() && is_space(word.back())) word.remove_suffix(1);
    return word;
  };
  return trimmed(a) == trimmed(b);
}

std::string_view joined(const Words& words, std::size_t begin, std::size_t end) {
  if (begin == end) return {};
  return {words[begin].data(), static_cast<std::size_t>(words[end - 1].data() + words[end - 1].size() - words[begin].data())};
}

/// Matching stretches [a, a + length) and [b, b + length).
struct Match {
  std::size_t a, b, length;
};

/// Furthest ends of paths by diagonal, one row for each number of differences (Myers).
class Myers {
 public:
  Myers(const Words& a, const Words& b, std::size_t begin, std::size_t end_a, std::size_t end_b)
      : a_(a), b_(b), begin_(begin), n_(static_cast<long>(end_a - begin)), m_(static_cast<long>(end_b - begin)) {}

  /// Nothing when there are more than `most` differences.
  std::optional<std::vector<Match>> matches(std::size_t most) {
    for (long d = 0; d <= static_cast<long>(most) && d <= n_ + m_; ++d) {
      if (extend(d)) return trace(d);
    }
    return std::nullopt;
  }

 private:
  /// Row d holds diagonals -d..d in steps of two.
  long& at(long d, long k) { return rows_[static_cast<std::size_t>(d)][static_cast<std::size_t>((k + d) / 2)]; }

  long start_of(long d, long k) {
    if (d == 0) return 0;
    const bool down = k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
    return down ? at(d - 1, k + 1) : at(d - 1, k - 1) + 1;
  }

  bool extend(long d) {
    rows_.emplace_back(static_cast<std::size_t>(d + 1), 0);
    for (long k = -d; k <= d; k += 2) {
      long x = start_of(d, k);
      while (x < n_ && x - k < m_ && x - k >= 0 && same(word_a(x), word_b(x - k))) ++x;
      at(d, k) = x;
      if (x >= n_ && x - k >= m_) return true;
    }
    return false;
  }

  std::vector<Match> trace(long d) {
    std::vector<Match> matches;
    long x = n_, k = n_ - m_;
    for (; d >= 0; --d) {
      const long start = start_of(d, k);
      if (x > start) matches.push_back({begin_ + static_cast<std::size_t>(start), begin_ + static_cast<std::size_t>(start - k), static_cast<std::size_t>(x - start)});
      if (d == 0) break;
      const bool down = k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
      k += down ? 1 : -1;
      x = at(d - 1, k);
    }
    std::reverse(matches.begin(), matches.end());
    return matches;
  }

  std::string_view word_a(long x) const { return a_[begin_ + static_cast<std::size_t>(x)]; }
  std::string_view word_b(long y) const { return b_[begin_ + static_cast<std::size_t>(y)]; }

  const Words &a_, &b_;
  std::size_t begin_;
  long n_, m_;
  std::vector<std::vector<long>> rows_;
};

/// What both begin and end with, and what matches between.
std::vector<Match> matches_of(const Words& a, const Words& b, std::size_t most) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t begin = 0, tail = 0;
  while (begin < shorter && same(a[begin], b[begin])) ++begin;
  while (tail < shorter - begin && same(a[a.size() - 1 - tail], b[b.size() - 1 - tail])) ++tail;
  std::vector<Match> matches = {{0, 0, begin}};
  if (const auto between = Myers(a, b, begin, a.size() - tail, b.size() - tail).matches(most)) {
    matches.insert(matches.end(), between->begin(), between->end());
  }
  matches.push_back({a.size() - tail, b.size() - tail, tail});
  return matches;
}

}  // namespace

std::vector<std::string_view> words_with_space(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0, at = 0;
  const auto end_word = [&] {
    while (at < text.size() && is_space(text[at])) ++at;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
    begin = at;
  };
  end_word();
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    if (stands_alone(c.value) && at > begin) end_word();
    at += c.bytes;
    if (stands_alone(c.value) || at == text.size() || is_space(text[at])) end_word();
  }
  return words;
}

std::vector<Stretch> word_diff(std::string_view first, std::string_view second, std::size_t most) {
  const Words a = words_with_space(first), b = words_with_space(second);
  std::vector<Stretch> stretches;
  std::size_t at_a = 0, at_b = 0;
  const auto add = [&](DiffSide side, std::string_view x, std::string_view y) {
    if (!x.empty() || !y.empty()) stretches.push_back({side, x, y});
  };
  for (const Match& match : matches_of(a, b, most)) {
    add(DiffSide::first, joined(a, at_a, match.a), {});
    add(DiffSide::second, {}, joined(b, at_b, match.b));
    at_a = match.a + match.length;
    at_b = match.b + match.length;
    add(DiffSide::both, joined(a, match.a, at_a), joined(b, match.b, at_b));
  }
  return stretches;
}

}  // namespace quern
