// As token_masks_vector.hpp, for the masks of pages: V is the same.

namespace quern {

template <class V>
void find_page_masks_with(const char* p, PageMasks& m) noexcept {
  const V v(p);
  m.space = v.in(kSpaceRows);
  m.white = v.in(kWhiteRows);
  m.newline = v.equal('\n');
  m.letter = v.letter();
  m.digit = v.within('0', 10);
  m.basic = v.in(kBasicRows);
  m.bracket = v.in(kBracketRows);
  m.open = v.equal('{');
  m.hash = v.equal('#');
  m.terminal = v.in(kTerminalRows);
  m.anchor = v.in(kAnchorRows);
  m.f = v.equal('f') | v.equal('F');
  m.i = v.equal('i') | v.equal('I');
  m.m = v.equal('m') | v.equal('M');
  m.u = v.equal('u') | v.equal('U');
  m.high = v.high();
  m.lead = v.lead();
}

}  // namespace quern
