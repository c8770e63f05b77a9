#include "address.hpp"
#include "characters.hpp"
#include "cues.hpp"
#include "kinds.hpp"

namespace quern {

namespace {

constexpr std::size_t kLongestIpv6 = 45;  // with an IPv4 address as its end

/// Networks, browsers (Chrome/128.0.0.0), resolvers (1.1.1.1, 8.8.8.8) and the address of all examples (1.2.3.4).
bool is_nobodys(std::uint32_t address) noexcept {
  if ((address & 0xFFFF) == 0) return true;
  for (int shift = 0; shift < 32; shift += 8) {
    if ((address >> shift & 255) >= 10) return false;
  }
  return true;
}

/// Four numbers below 64 (11.2.0.4), or two below 10 at the front (4.5.103.33), are a version far more often than an address; 1 of 180
/// addresses is like that.
bool may_be_version(std::uint32_t address) noexcept {
  if (address >> 24 < 10 && (address >> 16 & 255) < 10) return true;
  for (int shift = 0; shift < 32; shift += 8) {
    if ((address >> shift & 255) >= 64) return false;
  }
  return true;
}

bool has_port_or_mask(std::string_view text, std::size_t end) noexcept {
  const char c = byte_at(text, end);
  const std::size_t last = end_of_digits(text, end + 1, 6);
  return (c == ':' || c == '/') && last > end + 2 && byte_at(text, last) != '.';
}

/// `Name/1.2.3.4` of a browser or a server, but not `host.example/1.2.3.4`.
bool is_product(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kLongest = 24;
  if (byte_before(text, at) != '/') return false;
  std::size_t from = at - 1;
  while (from > 0 && at - from < kLongest && is_letter_ascii(text[from - 1])) --from;
  return from < at - 1 && byte_before(text, from) != '.';
}

bool ends_like_address(std::string_view text, std::size_t end) noexcept {
  if (joins_at(text, end)) return false;
  const char c = byte_at(text, end), next = byte_at(text, end + 1);
  if (c == '.' || c == '+') return !is_alnum(next);
  if (c != '-') return true;
  std::size_t second = end + 1;
  return !is_alnum(next) || parse_ipv4(text, second).has_value();  // a range of addresses
}

/// The byte of an IPv6 run.
bool is_run(char c) noexcept { return is_hex(c) || c == ':'; }

}  // namespace

Found ipv4_at(std::string_view text, std::size_t at) {
  const char before = byte_before(text, at);
  if (joins_before(text, at) || before == '.') return {};
  std::size_t end = at;
  const auto address = parse_ipv4(text, end);
  if (!address || !is_public(*address) || is_nobodys(*address) || !ends_like_address(text, end) || is_product(text, at)) return {};
  if (before == '-') {  // the end of a range, but not `name-1.2.3.4`
    if (at < 2 || !is_digit(text[at - 2])) return {};
  }
  const Cue cue = cue_before(text, at);
  if (cue == Cue::other) return {};
  if (may_be_version(*address) && cue != Cue::ip && !has_port_or_mask(text, end)) return {};
  return PiiMatch{at, end, PiiKind::ipv4};
}

Found ipv6_at(std::string_view text, std::size_t at, std::size_t& looked) {
  if (at < looked) return {};
  std::size_t begin = at;
  while (begin > looked && at - begin <= kLongestIpv6 && is_run(text[begin - 1])) --begin;
  std::size_t end = at + 1;
  while (end < text.size() && is_run(text[end])) ++end;
  looked = end;
  if (joins_before(text, begin) || byte_before(text, begin) == '-') return {};
  if (byte_at(text, end) == '.' && is_digit(byte_at(text, end + 1))) {  // an IPv4 address as its end
    std::size_t last = end;
    while (last > begin && is_digit(text[last - 1])) --last;
    if (parse_ipv4(text, last)) end = last;
  }
  if (end - begin > 2 && text[end - 1] == ':' && text[end - 2] != ':') --end;
  if (end - begin > kLongestIpv6 || joins_at(text, end)) return {};
  const auto address = parse_ipv6(text.substr(begin, end - begin));
  if (!address || !is_public(*address)) return {};
  return PiiMatch{begin, end, PiiKind::ipv6};
}

}  // namespace quern
