#pragma once
// What the bytes are at which personal data can be told from prose, a bit for each of 64 bytes.

#include "quern/base/kernel.hpp"

#include <cstddef>
#include <cstdint>

namespace quern {

struct PiiMasks {
  std::uint64_t digit = 0;
  std::uint64_t token = 0;  ///< ASCII letter, digit, `_` or `-`
  std::uint64_t at = 0;
  std::uint64_t colon = 0;
  std::uint64_t dash = 0;

  bool operator==(const PiiMasks&) const = default;
};

/// Fills `masks` from the 64 bytes at `p`.
using FindPiiMasks = void (*)(const char* p, PiiMasks& masks) noexcept;

/// The implementation for a kernel that this machine can run.
FindPiiMasks find_pii_masks(Kernel kernel) noexcept;

/// Byte by byte: the reference.
void find_pii_masks_plain(const char* p, PiiMasks& masks) noexcept;
#if defined(__x86_64__)
void find_pii_masks_sse(const char* p, PiiMasks& masks) noexcept;  ///< what the baseline has; scalar stands for it
void find_pii_masks_avx2(const char* p, PiiMasks& masks) noexcept;
void find_pii_masks_avx512(const char* p, PiiMasks& masks) noexcept;
#endif

}  // namespace quern
