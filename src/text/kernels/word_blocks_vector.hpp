// Included by one file for each instruction set, after its target is set and a class Bytes64 can be made:
//   Bytes64(p)       64 bytes
//   equal(c)         mask of the bytes that are c
//   high()           mask of the bytes that are not ASCII
//   store_folded(to) letters in lower case, digits and `_` as they are, spaces for all else
// No include guard: its functions must not be shared between instruction sets.

namespace quern {
namespace {

/// A bit for each byte that is neither ASCII nor of a whole character of the general punctuation U+2000..U+203F (E2 80 xx), none of
/// which is of a word.
template <class Bytes64>
[[gnu::always_inline]] inline std::uint64_t left_to_others(const Bytes64& bytes, std::uint64_t high) noexcept {
  constexpr std::uint64_t kWhole = ~std::uint64_t{0} >> 2;  // where a character of three bytes may begin
  const std::uint64_t lead = bytes.equal('\xE2') & bytes.equal('\x80') >> 1 & kWhole;
  return high & ~(lead | lead << 1 | lead << 2);
}

template <class Bytes64>
[[gnu::always_inline]] inline std::size_t fold_with(const char* text, std::size_t size, char* to) noexcept {
  std::size_t at = 0;
  while (at + kWordBlock <= size) {
    const Bytes64 bytes(text + at);
    bytes.store_folded(to + at);
    const std::uint64_t high = bytes.high();
    const std::uint64_t others = high == 0 ? 0 : left_to_others(bytes, high);
    const auto folded = static_cast<std::size_t>(std::countr_zero(others));
    if (folded == 0) break;
    at += folded;
  }
  return at;
}

}  // namespace
}  // namespace quern
