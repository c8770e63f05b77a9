// The masks against a small vocabulary that each instruction set implements (V below). Included by its file after the target is set,
// so that all of it is compiled for that set; hence no includes and no #pragma once here.

namespace quern {

// V(p) holds 64 bytes; equal(c), digit() and letter() are a bit for each byte.
template <class V>
void find_pii_masks_with(const char* p, PiiMasks& m) noexcept {
  const V v(p);
  m.digit = v.digit();
  m.at = v.equal('@');
  m.colon = v.equal(':');
  m.dash = v.equal('-');
  m.token = m.digit | m.dash | v.letter() | v.equal('_');
}

}  // namespace quern
