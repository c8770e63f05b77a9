#pragma once
// xxh3: identity of texts (128 bits), checksums of blocks (64 bits), the digest of a data set.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quern {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
  /// 32 lower-case hexadecimal digits, high half first.
  std::string hex() const;
};

/// The value that Hash128::hex() prints; nothing when it is not that.
std::optional<Hash128> hash128_from_hex(std::string_view hex);

Hash128 hash128(std::string_view bytes) noexcept;
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;

/// Streaming form of hash128: the same value for any cut of the input.
class Hasher128 {
 public:
  Hasher128();
  ~Hasher128();
  Hasher128(Hasher128&& other) noexcept;
  Hasher128& operator=(Hasher128&& other) noexcept;
  void add(std::string_view bytes) noexcept;
  template <class T>
  void add_value(const T& value) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    add({reinterpret_cast<const char*>(&value), sizeof value});
  }
  Hash128 digest() const noexcept;

 private:
  void* state_;
};

/// Mixes 64 bits so that every input bit reaches every output bit (splitmix64's finaliser, Steele et al. 2014).
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

template <class T>
std::string_view as_bytes(std::span<const T> values) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace quern
