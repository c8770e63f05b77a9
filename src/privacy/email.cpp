#include "characters.hpp"
#include "domains.hpp"
#include "kinds.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

// RFC 5321, section 4.5.3.1.
constexpr std::size_t kLongestLocal = 64;
constexpr std::size_t kLongestDomain = 253;
constexpr std::size_t kLongestLabel = 63;

/// Of what RFC 5322 allows without quotes, what people have in their addresses.
bool is_local(char c) noexcept { return is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '\''; }

/// Where the local part before the `@` begins; `at` when there is none.
std::size_t begin_of_local(std::string_view text, std::size_t at) noexcept {
  std::size_t begin = at;
  while (begin > 0 && at - begin <= kLongestLocal) {
    if (is_local(text[begin - 1])) {
      if (text[begin - 1] == '.' && text[begin] == '.') break;
      --begin;
    } else if (is_high(text[begin - 1]) && joins_before(text, begin)) {
      begin = begin_of_previous(text, begin);
    } else {
      break;
    }
  }
  if (at - begin > kLongestLocal) return at;
  while (begin < at && !is_alnum(text[begin]) && text[begin] != '_' && text[begin] != '+' && !is_high(text[begin])) ++begin;
  return begin;
}

bool is_reserved(std::string_view domain) noexcept {
  // RFC 2606, RFC 6761, RFC 6762: names that are nobody's.
  constexpr auto kReserved = std::to_array<std::string_view>({"example.com", "example.net", "example.org", "example.edu"});
  return std::ranges::any_of(kReserved, [&](std::string_view name) {
    return domain.ends_with(name) && (domain.size() == name.size() || domain[domain.size() - name.size() - 1] == '.');
  });
}

/// Letters of a national alphabet (`рф`) or a name of the root zone.
bool is_top_level(std::string_view lower_case) noexcept {
  if (lower_case.size() < 2) return false;
  if (lower_case.starts_with("xn--")) return lower_case.size() > 4;
  if (is_high(lower_case[0])) return std::ranges::all_of(lower_case, is_high);
  return is_top_level_domain(lower_case);
}

/// The longest beginning of [at, end) that is a domain name of two labels or more with a known top level; its end, or `at`.
std::size_t end_of_domain(std::string_view text, std::size_t at) noexcept {
  std::array<char, kLongestDomain + 1> name;
  std::size_t n = 0, label = 0, good = at;
  const auto close_label = [&](std::size_t end) {
    const std::string_view last(name.data() + label, n - label);
    if (label > 0 && last.back() != '-' && is_top_level(last) && !joins_at(text, end)) good = end;
  };
  std::size_t i = at;
  while (i < text.size() && n < kLongestDomain) {
    const char c = text[i];
    if (is_alnum(c) || (c == '-' && n > label)) {
      name[n++] = lower(c);
      ++i;
    } else if (is_high(c) && joins_at(text, i)) {
      std::size_t next = i;
      next_code_point(text, next);
      if (n + (next - i) > kLongestDomain) break;
      for (; i < next; ++i) name[n++] = text[i];
    } else if (c == '.' && n > label && n - label <= kLongestLabel) {
      close_label(i);
      name[n++] = '.';
      label = n;
      ++i;
    } else {
      break;
    }
  }
  if (n > label && n - label <= kLongestLabel) close_label(i);
  if (good > at && is_reserved({name.data(), good - at})) return at;
  return good;
}

/// `icon@2x.png` and the like: names of picture files by their density.
bool is_density(std::string_view domain) noexcept {
  return domain.size() > 3 && is_digit(domain[0]) && domain[1] == 'x' && domain[2] == '.';
}

/// The password of `scheme://user:password@host`, and the user of `git@host:path` and `user@host:/path`, are no addresses.
bool is_login(std::string_view text, std::size_t begin, std::size_t at, std::size_t end) noexcept {
  if (byte_at(text, end) == ':' && (byte_at(text, end + 1) == '/' || byte_at(text, end + 1) == '~')) return true;
  const std::string_view local = text.substr(begin, at - begin);
  if (local == "git" || local == "hg" || local == "svn") return true;
  constexpr std::size_t kWindow = 96;
  const char before = byte_before(text, begin);
  if (before != ':' && before != '/') return false;
  std::size_t from = begin;
  const std::size_t stop = begin > kWindow ? begin - kWindow : 0;
  while (from > stop && !is_high(text[from - 1]) && text[from - 1] > ' ' && text[from - 1] != '/') --from;
  return from >= 3 && text.substr(from - 3, 3) == "://";
}

}  // namespace

Found email_at(std::string_view text, std::size_t at) {
  if (at == 0 || at + 4 > text.size()) return {};
  const std::size_t begin = begin_of_local(text, at);
  if (begin == at || text[at - 1] == '.') return {};
  const std::size_t end = end_of_domain(text, at + 1);
  if (end == at + 1 || is_density(text.substr(at + 1, end - at - 1)) || is_login(text, begin, at, end)) return {};
  return PiiMatch{begin, end, PiiKind::email};
}

}  // namespace quern
