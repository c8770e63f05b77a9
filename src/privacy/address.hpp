#pragma once
// Internet addresses: their writings, and which of them are somebody's.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quern {

/// Four decimal numbers up to 255 without leading zeros from `at` on, with points between them; moves `at` behind them.
std::optional<std::uint32_t> parse_ipv4(std::string_view text, std::size_t& at) noexcept;

using Ipv6 = std::array<std::uint8_t, 16>;

/// RFC 4291, section 2.2: the whole text is one address.
std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept;

/// Not in IANA's registries of special-purpose addresses (RFC 6890 and its updates), and not multicast.
bool is_public(std::uint32_t ipv4) noexcept;
bool is_public(const Ipv6& ipv6) noexcept;

}  // namespace quern
