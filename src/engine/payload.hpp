#pragma once
// How signatures and tokens lie in the spool.

#include "quern/base/job.hpp"
#include "quern/sign/signer.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

inline std::uint32_t packed_signature_bytes(const NearSpec& spec) {
  return static_cast<std::uint32_t>(spec.bands * sizeof(std::uint64_t) + sizeof(Sketch) + sizeof(Hash128));
}

inline void pack_signature(const Signature& signature, std::string& to) {
  to.assign(reinterpret_cast<const char*>(signature.band_keys.data()), signature.band_keys.size() * sizeof(std::uint64_t));
  to.append(reinterpret_cast<const char*>(signature.sketch.data()), sizeof(Sketch));
  to.append(reinterpret_cast<const char*>(&signature.sketch_hash), sizeof(Hash128));
}

inline void unpack_band_keys(std::string_view packed, std::uint32_t bands, std::vector<std::uint64_t>& append_to) {
  const std::size_t before = append_to.size();
  append_to.resize(before + bands);
  std::memcpy(append_to.data() + before, packed.data(), bands * sizeof(std::uint64_t));
}

inline Sketch unpack_sketch(std::string_view packed) {
  Sketch sketch;
  std::memcpy(sketch.data(), packed.data() + packed.size() - sizeof(Hash128) - sizeof(Sketch), sizeof(Sketch));
  return sketch;
}

inline Hash128 unpack_sketch_hash(std::string_view packed) {
  Hash128 hash;
  std::memcpy(&hash, packed.data() + packed.size() - sizeof hash, sizeof hash);
  return hash;
}

/// Ids in 2 or 4 bytes each; the view is of `buffer`.
inline std::string_view pack_tokens(const std::vector<std::uint32_t>& tokens, std::uint32_t token_bytes, std::string& buffer) {
  buffer.resize(tokens.size() * token_bytes);
  if (tokens.empty()) return buffer;
  if (token_bytes == 4) {
    std::memcpy(buffer.data(), tokens.data(), buffer.size());
    return buffer;
  }
  constexpr std::size_t kBlock = 16;  // of a length that is known, the compiler takes all at once
  std::size_t i = 0;
  for (; i + kBlock <= tokens.size(); i += kBlock) {
    std::uint16_t ids[kBlock];
    for (std::size_t j = 0; j < kBlock; ++j) ids[j] = static_cast<std::uint16_t>(tokens[i + j]);
    std::memcpy(buffer.data() + 2 * i, ids, sizeof ids);
  }
  for (; i < tokens.size(); ++i) {
    const auto id = static_cast<std::uint16_t>(tokens[i]);
    std::memcpy(buffer.data() + 2 * i, &id, 2);
  }
  return buffer;
}

inline std::vector<std::uint32_t> unpack_tokens(std::string_view packed, std::uint32_t token_bytes) {
  std::vector<std::uint32_t> tokens(packed.size() / token_bytes, 0);
  if (tokens.empty()) return tokens;
  if (token_bytes == 4) {
    std::memcpy(tokens.data(), packed.data(), packed.size());
    return tokens;
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::uint16_t id;
    std::memcpy(&id, packed.data() + 2 * i, 2);
    tokens[i] = id;
  }
  return tokens;
}

}  // namespace quern
