#include "pii_masks.hpp"

namespace quern {

void find_pii_masks_plain(const char* p, PiiMasks& masks) noexcept {
  PiiMasks m;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto byte = static_cast<unsigned char>(p[i]);
    const bool is_digit = byte >= '0' && byte <= '9';
    const bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    const auto put = [i](std::uint64_t& mask, bool is) { mask |= std::uint64_t{is} << i; };
    put(m.digit, is_digit);
    put(m.token, is_digit || is_letter || byte == '_' || byte == '-');
    put(m.at, byte == '@');
    put(m.colon, byte == ':');
    put(m.dash, byte == '-');
  }
  masks = m;
}

FindPiiMasks find_pii_masks([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return find_pii_masks_avx512;
  if (kernel == Kernel::avx2) return find_pii_masks_avx2;
  return find_pii_masks_sse;
#else
  return find_pii_masks_plain;
#endif
}

}  // namespace quern
