#pragma once
// Hashes that only have to be equal where the bytes are: they rule out, and what they leave is looked at exactly.

#include "quern/base/wide.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quern {

inline std::uint64_t load_8_bytes(const char* from) noexcept {
  std::uint64_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// Of the length and the first and last eight bytes, or all if there are fewer. `bytes` are `length` > 0 with eight readable ones from
/// the first.
inline std::uint64_t rough_hash(const char* bytes, std::size_t length) noexcept {
  const std::size_t taken = std::min<std::size_t>(length, 8);
  const std::uint64_t first = load_8_bytes(bytes) << (64 - 8 * taken);
  const std::uint64_t last = load_8_bytes(bytes + (length - taken)) << (64 - 8 * taken);
  const Uint128 product = static_cast<Uint128>(first ^ 0x9E3779B97F4A7C15u ^ length) * (last ^ 0xD6E8FEB86659FD93u);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// The same for a part of `text`, which may be its end.
inline std::uint64_t rough_hash(std::string_view text, std::size_t begin, std::size_t length) noexcept {
  if (text.size() - begin >= 8) return rough_hash(text.data() + begin, length);
  char copy[8] = {};
  std::memcpy(copy, text.data() + begin, text.size() - begin);
  return rough_hash(copy, length);
}

}  // namespace quern
