// Text by blocks of 64 bytes, as class masks, against a small vocabulary that each instruction set implements (V below). This file,
// starts.hpp and cut_blocks.hpp are included, in this order, by the file of an instruction set after the target is set, so that all of
// it is compiled for that set, and in that file's unnamed namespace, so that no other file's copy is taken for it; hence no includes
// and no #pragma once in them.
//
// V(p) holds 64 bytes, and each of these is a bit for each byte:
//   equal(c), within(first, n): first <= byte < first + n, letter() of ASCII, high(), at_least(byte), lead_in(rows) as in ClassTable

using Bits = std::uint64_t;
using scan::Byte;
using scan::Text;

constexpr unsigned kBlock = 64;

/// Whole characters, up to 64 bytes of them. Every byte of a character has the bits of its class.
struct Block {
  const Byte* at = nullptr;
  unsigned size = kBlock;  ///< bytes; less than 64 when the character after would not fit
  Bits valid = ~Bits{0};   ///< the bytes there are
  Bits inner = 0;          ///< bytes of a character after its first
  Bits letter = 0;
  Bits upper = 0;    ///< kUpper, kUncased: also letters, where the pattern asks for cases
  Bits uncased = 0;
  Bits number = 0;
  Bits white = 0;
  Bits newline = 0;     ///< CR, LF; also white
  Bits blank = 0;       ///< U+0020; also white
  Bits apostrophe = 0;  ///< U+0027
  Bits slash = 0;       ///< U+002F
  bool ascii_numbers = true;

  Bits symbol() const { return valid & ~(letter | number | white); }
  /// 1 if the last byte has the bit.
  Bits last(Bits bits) const { return bits >> (size - 1) & 1; }
};

/// The characters of a block that are not ASCII.
struct WideCharacters {
  bool is_usable = false;  ///< valid UTF-8, and no marks where the pattern asks for cases: a mark is there both letter and symbol
  unsigned size = kBlock;
  Bits inner = 0;
  Bits letter = 0;
  Bits upper = 0;
  Bits uncased = 0;
  Bits number = 0;
  Bits white = 0;
};

inline Bits low_bits(unsigned n) { return n == 64 ? ~Bits{0} : (Bits{1} << n) - 1; }

/// From the bits of first bytes to all bytes of these characters.
inline Bits whole_characters(Bits first, Bits inner) {
  first |= first << 1 & inner;
  first |= first << 1 & inner;
  return first | (first << 1 & inner);
}

/// From the bits of last bytes to the first bytes of these characters.
inline Bits first_bytes(Bits last, Bits inner) {
  while ((last & inner) != 0) last = (last & ~inner) | (last & inner) >> 1;
  return last;
}

/// Adds the class of the character of two to four bytes at `p` to those of `wide`; false if that makes it unusable.
template <bool kCases>
bool classify(const ClassTable& table, const Byte* p, Bits bit, WideCharacters& wide) {
  char32_t c = 0;
  if (*p < 0xE0) {
    if (*p < 0xC2) return false;
    c = (*p & 0x1Fu) << 6 | (p[1] & 0x3Fu);
  } else if (*p < 0xF0) {
    c = (*p & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
  } else {
    c = (*p & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    if (*p > 0xF4 || c >= 0x110000) return false;
  }
  const unsigned bits = table.of(c);
  wide.letter |= (bits & scan::kLetter) != 0 ? bit : 0;
  wide.number |= (bits & scan::kNumber) != 0 ? bit : 0;
  wide.white |= (bits & scan::kWhite) != 0 ? bit : 0;
  if constexpr (kCases) {
    wide.upper |= (bits & scan::kUpper) != 0 ? bit : 0;
    wide.uncased |= (bits & scan::kUncased) != 0 ? bit : 0;
    return (bits & scan::kMark) == 0;
  }
  return true;
}

template <class V, bool kCases>
[[gnu::noinline]] WideCharacters read_wide(const Byte* p, const ClassTable& table) {
  const V v(p);
  WideCharacters wide;
  const Bits lead = v.at_least(0xC0);
  const Bits lead_3 = v.at_least(0xE0);
  const Bits lead_4 = v.at_least(0xF0);
  wide.inner = v.high() & ~lead;
  if (wide.inner != (lead << 1 | lead_3 << 2 | lead_4 << 3)) return wide;
  const Bits unfinished = (lead & Bits{1} << 63) | (lead_3 & Bits{3} << 62) | (lead_4 & Bits{7} << 61);
  wide.size = unfinished != 0 ? static_cast<unsigned>(__builtin_ctzll(unfinished)) : kBlock;
  const Bits valid = low_bits(wide.size);
  wide.inner &= valid;
  wide.letter = v.lead_in(kCases ? table.uncased_leads : table.letter_leads) & valid;
  if constexpr (kCases) wide.uncased = wide.letter;
  for (Bits rest = lead & valid & ~wide.letter; rest != 0; rest &= rest - 1) {
    if (!classify<kCases>(table, p + __builtin_ctzll(rest), rest & (0 - rest), wide)) return wide;
  }
  wide.letter = whole_characters(wide.letter, wide.inner);
  wide.number = whole_characters(wide.number, wide.inner);
  wide.white = whole_characters(wide.white, wide.inner);
  wide.upper = whole_characters(wide.upper, wide.inner);
  wide.uncased = whole_characters(wide.uncased, wide.inner);
  wide.is_usable = true;
  return wide;
}

/// False if it is left to the scanner.
template <class V, bool kCases>
bool read_block(const Byte* p, const ClassTable& table, Block& block) {
  const V v(p);
  block.at = p;
  block.letter = v.letter();
  block.number = v.within('0', 10);
  block.newline = v.equal('\n') | v.equal('\r');
  block.blank = v.equal(' ');
  block.white = v.within('\t', 5) | block.blank;
  block.apostrophe = v.equal('\'');
  if constexpr (kCases) {
    block.upper = v.within('A', 26);
    block.slash = v.equal('/');
  }
  if (v.high() == 0) return true;
  const WideCharacters wide = read_wide<V, kCases>(p, table);
  if (!wide.is_usable) return false;
  block.size = wide.size;
  block.valid = low_bits(wide.size);
  block.inner = wide.inner;
  block.letter = (block.letter | wide.letter) & block.valid;
  block.number = (block.number | wide.number) & block.valid;
  block.white = (block.white | wide.white) & block.valid;
  block.newline &= block.valid;
  block.blank &= block.valid;
  block.apostrophe &= block.valid;
  block.ascii_numbers = wide.number == 0;
  block.upper = (block.upper | wide.upper) & block.valid;
  block.uncased = wide.uncased;
  block.slash &= block.valid;
  return true;
}
