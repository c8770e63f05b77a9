#include "quern/base/hash.hpp"

#include <xxhash.h>

#include <fmt/format.h>

#include <array>
#include <new>
#include <utility>

namespace quern {

static_assert(sizeof(std::size_t) == 8, "quern needs a 64-bit machine");

std::string Hash128::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

Hash128 hash128(std::string_view bytes) noexcept {
  const XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  return {h.high64, h.low64};
}

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hasher128::Hasher128() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(static_cast<XXH3_state_t*>(state_));
}
Hasher128::~Hasher128() { XXH3_freeState(static_cast<XXH3_state_t*>(state_)); }
Hasher128::Hasher128(Hasher128&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
Hasher128& Hasher128::operator=(Hasher128&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
void Hasher128::add(std::string_view bytes) noexcept {
  XXH3_128bits_update(static_cast<XXH3_state_t*>(state_), bytes.data(), bytes.size());
}
Hash128 Hasher128::digest() const noexcept {
  const XXH128_hash_t h = XXH3_128bits_digest(static_cast<const XXH3_state_t*>(state_));
  return {h.high64, h.low64};
}

std::optional<Hash128> hash128_from_hex(std::string_view hex) {
  if (hex.size() != 32) return std::nullopt;
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const char c = hex[i];
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c >= 'a' && c <= 'f')) return std::nullopt;
    halves[i / 16] = halves[i / 16] << 4 | static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10);
  }
  return Hash128{halves[0], halves[1]};
}

}  // namespace quern
