#include "address.hpp"

#include "characters.hpp"

#include <algorithm>

namespace quern {

namespace {

struct Block {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }

// IANA IPv4 Special-Purpose Address Registry (RFC 6890, which took the place of RFC 5735), and RFC 5771.
constexpr auto kSpecial = std::to_array<Block>({
    {ip(0, 0, 0, 0), 8},        // this network
    {ip(10, 0, 0, 0), 8},       // private use, RFC 1918
    {ip(100, 64, 0, 0), 10},    // shared, RFC 6598
    {ip(127, 0, 0, 0), 8},      // loopback
    {ip(169, 254, 0, 0), 16},   // link local
    {ip(172, 16, 0, 0), 12},    // private use
    {ip(192, 0, 0, 0), 24},     // protocol assignments
    {ip(192, 0, 2, 0), 24},     // documentation, RFC 5737
    {ip(192, 31, 196, 0), 24},  // AS112, RFC 7535
    {ip(192, 52, 193, 0), 24},  // AMT, RFC 7450
    {ip(192, 88, 99, 0), 24},   // 6to4 relays, RFC 7526
    {ip(192, 168, 0, 0), 16},   // private use
    {ip(192, 175, 48, 0), 24},  // AS112, RFC 7534
    {ip(198, 18, 0, 0), 15},    // benchmarks, RFC 2544
    {ip(198, 51, 100, 0), 24},  // documentation
    {ip(203, 0, 113, 0), 24},   // documentation
    {ip(224, 0, 0, 0), 3},      // multicast, reserved, broadcast
});

constexpr int value_of(char hex) noexcept { return is_digit(hex) ? hex - '0' : lower(hex) - 'a' + 10; }

/// Up to four hexadecimal digits.
std::optional<std::uint32_t> parse_group(std::string_view text, std::size_t& at) noexcept {
  const std::size_t begin = at;
  std::uint32_t value = 0;
  while (at < text.size() && at - begin < 4 && is_hex(text[at])) value = value << 4 | static_cast<std::uint32_t>(value_of(text[at++]));
  return at == begin ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view text, std::size_t& at) noexcept {
  std::uint32_t address = 0;
  std::size_t i = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && byte_at(text, i++) != '.') return {};
    const std::size_t end = end_of_digits(text, i, 4);
    if (end == i || end - i > 3 || (text[i] == '0' && end - i > 1)) return {};
    std::uint32_t value = 0;
    for (; i < end; ++i) value = value * 10 + static_cast<std::uint32_t>(text[i] - '0');
    if (value > 255) return {};
    address = address << 8 | value;
  }
  at = i;
  return address;
}

std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept {
  Ipv6 head{}, tail{};
  std::size_t heads = 0, tails = 0, at = 0;
  bool gap = text.starts_with("::");
  if (gap) at = 2;
  while (at < text.size()) {
    if (heads + tails >= 16) return {};
    const auto put = [&](std::uint32_t byte) { (gap ? tail[tails++] : head[heads++]) = static_cast<std::uint8_t>(byte); };
    std::size_t after = at;
    if (const auto ipv4 = heads + tails <= 12 ? parse_ipv4(text, after) : std::nullopt; ipv4 && after == text.size()) {
      for (int shift = 24; shift >= 0; shift -= 8) put(*ipv4 >> shift & 255);
      at = after;
      break;
    }
    const auto group = parse_group(text, at);
    if (!group) return {};
    put(*group >> 8);
    put(*group & 255);
    if (at == text.size()) break;
    if (text[at++] != ':') return {};
    if (byte_at(text, at) == ':') {
      if (gap) return {};
      gap = true;
      ++at;
    } else if (at == text.size()) {
      return {};
    }
  }
  if (gap ? heads + tails > 14 : heads != 16) return {};
  std::copy_n(tail.begin(), tails, head.end() - static_cast<std::ptrdiff_t>(tails));
  return head;
}

bool is_public(std::uint32_t ipv4) noexcept {
  return std::ranges::none_of(kSpecial, [&](const Block& block) { return (ipv4 ^ block.first) >> (32 - block.bits) == 0; });
}

// IANA IPv6 Special-Purpose Address Registry. Of all addresses only 2000::/3 has been given out as global unicast (RFC 4291, RFC 3587).
bool is_public(const Ipv6& ipv6) noexcept {
  const std::uint32_t first = std::uint32_t{ipv6[0]} << 8 | ipv6[1], second = std::uint32_t{ipv6[2]} << 8 | ipv6[3];
  if (first >> 13 != 1) return false;
  if (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) return false;  // protocol assignments (2001::/23), documentation (RFC 3849)
  if (first == 0x2002) return false;                                           // 6to4
  if (first == 0x3fff && second < 0x1000) return false;                        // documentation (RFC 9637)
  return !(first == 0x2620 && second == 0x004f && ipv6[4] == 0x80 && ipv6[5] == 0);  // AS112
}

}  // namespace quern
