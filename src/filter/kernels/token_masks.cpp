#include "token_masks.hpp"

#include "quern/text/tokens.hpp"

#include <cstddef>

namespace quern {

void find_token_masks_plain(const char* p, TokenMasks& masks) noexcept {
  TokenMasks m;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto byte = static_cast<unsigned char>(p[i]);
    const std::uint64_t bit = std::uint64_t{1} << i;
    const std::uint8_t classes = byte < 0x80 ? kAsciiTokenClass[byte] : std::uint8_t{0};
    const auto put = [bit](std::uint64_t& mask, bool is) { mask |= is ? bit : 0; };
    put(m.space, (classes & kTokenSpace) != 0);
    put(m.letter, (classes & kTokenLetter) != 0);
    put(m.number, (classes & kTokenNumber) != 0);
    put(m.symbol, (classes & kTokenSymbol) != 0);
    put(m.peel, (classes & kTokenPeel) != 0);
    put(m.join, (classes & kTokenJoin) != 0);
    put(m.newline, byte == '\n');
    put(m.dot, byte == '.');
    put(m.hash, byte == '#');
    put(m.hyphen, byte == '-');
    put(m.high, byte >= 0x80);
    put(m.lead, (byte & 0xC0) != 0x80);
  }
  masks = m;
}

FindTokenMasks find_token_masks([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return find_token_masks_avx512;
  if (kernel == Kernel::avx2) return find_token_masks_avx2;
  return find_token_masks_sse;
#else
  return find_token_masks_plain;
#endif
}

}  // namespace quern
