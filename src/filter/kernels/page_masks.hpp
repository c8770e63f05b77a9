#pragma once
// What the ASCII characters among 64 bytes are to the rules of pages, a bit for each byte.

#include "quern/base/kernel.hpp"

#include <cstdint>

namespace quern {

/// Bit i is of byte i. Letters f, i, k, m, u, v in either case. Bytes that are not ASCII have no bit but in `high` and, where they begin
/// a character, in `lead`.
struct PageMasks {
  std::uint64_t space = 0;     ///< White_Space
  std::uint64_t white = 0;     ///< TAB LF CR backspace and space
  std::uint64_t newline = 0;
  std::uint64_t letter = 0;
  std::uint64_t digit = 0;
  std::uint64_t basic = 0;     ///< letters, digits, LF ? ! , .
  std::uint64_t bracket = 0;   ///< { } [ ] ( )
  std::uint64_t open = 0;      ///< {
  std::uint64_t hash = 0;      ///< #
  std::uint64_t terminal = 0;  ///< . ! ?
  std::uint64_t anchor = 0;    ///< : k v
  std::uint64_t f = 0, i = 0, m = 0, u = 0;
  std::uint64_t high = 0;
  std::uint64_t lead = 0;

  bool operator==(const PageMasks&) const = default;
};

/// Fills `masks` from the 64 bytes at `p`.
using FindPageMasks = void (*)(const char* p, PageMasks& masks) noexcept;

/// The implementation for a kernel that this machine can run.
FindPageMasks find_page_masks(Kernel kernel) noexcept;

/// Byte by byte: the reference.
void find_page_masks_plain(const char* p, PageMasks& masks) noexcept;
#if defined(__x86_64__)
void find_page_masks_sse(const char* p, PageMasks& masks) noexcept;
void find_page_masks_avx2(const char* p, PageMasks& masks) noexcept;
void find_page_masks_avx512(const char* p, PageMasks& masks) noexcept;
#endif

}  // namespace quern
