// The masks against a small vocabulary that each instruction set implements (V below). Included by its file after the target is set,
// so that all of it is compiled for that set; hence no includes and no #pragma once here.

namespace quern {

// V(p) holds 64 bytes, and each of these is a bit for each byte:
//   equal(c), within(first, n): first <= byte < first + n, letter(), in(rows), high(), lead()
template <class V>
void find_token_masks_with(const char* p, TokenMasks& m) noexcept {
  const V v(p);
  m.space = v.in(kSpaceRows);
  m.letter = v.letter();
  m.number = v.within('0', 10);
  m.symbol = v.in(kSymbolRows);
  m.peel = v.in(kPeelRows);
  m.join = v.in(kJoinRows);
  m.newline = v.equal('\n');
  m.dot = v.equal('.');
  m.hash = v.equal('#');
  m.hyphen = v.equal('-');
  m.high = v.high();
  m.lead = v.lead();
}

}  // namespace quern
