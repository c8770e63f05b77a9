#pragma once
// What the ASCII characters among 64 bytes are, a bit for each byte.

#include "quern/base/kernel.hpp"

#include <cstddef>
#include <cstdint>

namespace quern {

/// Bit i is of byte i. Bytes that are not ASCII have no bit but in `high` and, where they begin a character, in `lead`.
struct TokenMasks {
  std::uint64_t space = 0;
  std::uint64_t letter = 0;
  std::uint64_t number = 0;
  std::uint64_t symbol = 0;
  std::uint64_t peel = 0;
  std::uint64_t join = 0;
  std::uint64_t newline = 0;
  std::uint64_t dot = 0;
  std::uint64_t hash = 0;
  std::uint64_t hyphen = 0;
  std::uint64_t high = 0;
  std::uint64_t lead = 0;

  bool operator==(const TokenMasks&) const = default;
};

/// Fills `masks` from the 64 bytes at `p`.
using FindTokenMasks = void (*)(const char* p, TokenMasks& masks) noexcept;

/// The implementation for a kernel that this machine can run.
FindTokenMasks find_token_masks(Kernel kernel) noexcept;

/// By the table of token classes, byte by byte: the reference.
void find_token_masks_plain(const char* p, TokenMasks& masks) noexcept;
#if defined(__x86_64__)
void find_token_masks_sse(const char* p, TokenMasks& masks) noexcept;  ///< what the baseline has; scalar stands for it
void find_token_masks_avx2(const char* p, TokenMasks& masks) noexcept;
void find_token_masks_avx512(const char* p, TokenMasks& masks) noexcept;
#endif

}  // namespace quern
