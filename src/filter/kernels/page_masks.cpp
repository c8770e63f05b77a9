#include "page_masks.hpp"

#include "page_rows.hpp"

#include <cstddef>

namespace quern {

void find_page_masks_plain(const char* p, PageMasks& masks) noexcept {
  PageMasks m;
  for (std::size_t at = 0; at < 64; ++at) {
    const auto byte = static_cast<std::uint8_t>(p[at]);
    const std::uint64_t bit = std::uint64_t{1} << at;
    const auto put = [bit](std::uint64_t& mask, bool is) { mask |= is ? bit : 0; };
    put(m.high, byte >= 0x80);
    put(m.lead, (byte & 0xC0) != 0x80);
    if (byte >= 0x80) continue;
    const std::uint8_t classes = kAsciiTokenClass[byte];
    put(m.space, (classes & kTokenSpace) != 0);
    put(m.white, is_white(byte));
    put(m.newline, byte == '\n');
    put(m.letter, (classes & kTokenLetter) != 0);
    put(m.digit, (classes & kTokenNumber) != 0);
    put(m.basic, is_basic(byte));
    put(m.bracket, is_bracket(byte));
    put(m.open, byte == '{');
    put(m.hash, byte == '#');
    put(m.terminal, is_terminal(byte));
    put(m.anchor, is_anchor(byte));
    put(m.f, (byte | 0x20) == 'f');
    put(m.i, (byte | 0x20) == 'i');
    put(m.m, (byte | 0x20) == 'm');
    put(m.u, (byte | 0x20) == 'u');
  }
  masks = m;
}

FindPageMasks find_page_masks([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return find_page_masks_avx512;
  if (kernel == Kernel::avx2) return find_page_masks_avx2;
  return find_page_masks_sse;
#else
  return find_page_masks_plain;
#endif
}

}  // namespace quern
