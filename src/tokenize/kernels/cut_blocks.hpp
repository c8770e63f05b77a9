// Cutting by blocks, against a small vocabulary that each instruction set implements (V below). Included by its file after the target
// is set, so that all of it is compiled for that set, and in that file's unnamed namespace, so that no other file's copy is taken for
// it; hence no includes and no #pragma once here.
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
  Bits number = 0;
  Bits white = 0;
  Bits newline = 0;     ///< CR, LF; also white
  Bits blank = 0;       ///< U+0020; also white
  Bits apostrophe = 0;  ///< U+0027
  bool ascii_numbers = true;

  Bits symbol() const { return valid & ~(letter | number | white); }
  /// 1 if the last byte has the bit.
  Bits last(Bits bits) const { return bits >> (size - 1) & 1; }
};

/// The characters of a block that are not ASCII.
struct WideCharacters {
  bool is_valid = false;
  unsigned size = kBlock;
  Bits inner = 0;
  Bits letter = 0;
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

/// Adds the class of the character of two to four bytes at `p` to those of `wide`; false for bytes that begin none.
inline bool classify(const ClassTable& table, const Byte* p, Bits bit, WideCharacters& wide) {
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
  return true;
}

template <class V>
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
  wide.letter = v.lead_in(table.letter_leads) & valid;
  for (Bits rest = lead & valid & ~wide.letter; rest != 0; rest &= rest - 1) {
    if (!classify(table, p + __builtin_ctzll(rest), rest & (0 - rest), wide)) return wide;
  }
  wide.letter = whole_characters(wide.letter, wide.inner);
  wide.number = whole_characters(wide.number, wide.inner);
  wide.white = whole_characters(wide.white, wide.inner);
  wide.is_valid = true;
  return wide;
}

/// False if it is not valid UTF-8.
template <class V>
bool read_block(const Byte* p, const ClassTable& table, Block& block) {
  const V v(p);
  block.at = p;
  block.letter = v.letter();
  block.number = v.within('0', 10);
  block.newline = v.equal('\n') | v.equal('\r');
  block.blank = v.equal(' ');
  block.white = v.within('\t', 5) | block.blank;
  block.apostrophe = v.equal('\'');
  if (v.high() == 0) return true;
  const WideCharacters wide = read_wide<V>(p, table);
  if (!wide.is_valid) return false;
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
  return true;
}

/// Bits that belong to bytes after the block they were found in.
class Carried {
 public:
  void add(Bits& bits, unsigned at, unsigned size) {
    if (at < size) {
      bits |= Bits{1} << at;
    } else {
      next_ |= Bits{1} << (at - size);
    }
  }
  Bits take() { return std::exchange(next_, 0); }

 private:
  Bits next_ = 0;
};

/// The starts of pre-tokens of gpt2, block after block. Members are of the byte before the block, in bit 0.
class Gpt2Starts {
 public:
  using Scanner = scan::Gpt2;

  Bits find(const Block& block, const Text& text) {
    const Bits white = block.white;
    const Bits symbol = block.symbol();
    const Bits same = (block.letter & (block.letter << 1 | letter_)) | (block.number & (block.number << 1 | number_)) |
                      (symbol & (symbol << 1 | symbol_));
    const Bits others = block.valid & ~white & ~same & ~(block.blank << 1 | blank_);
    const Bits next_is_white = (text.look(block.at + block.size).bits & scan::kWhite) != 0 ? 1 : 0;
    const Bits last_white = white & ~(white >> 1 | next_is_white << (block.size - 1));
    const Bits starts = others | (white & ~(white << 1 | white_)) | first_bytes(last_white, block.inner);
    letter_ = block.last(block.letter);
    number_ = block.last(block.number);
    symbol_ = block.last(symbol);
    white_ = block.last(white);
    blank_ = block.last(block.blank);
    return cut_contractions(block, text, others, starts);
  }

 private:
  /// What begins a contraction goes with its letters, and what comes after begins anew.
  Bits cut_contractions(const Block& block, const Text& text, Bits others, Bits starts) {
    Bits begin = begin_.take();
    Bits join = join_.take();
    for (Bits rest = block.apostrophe & others; rest != 0; rest &= rest - 1) {
      const unsigned at = static_cast<unsigned>(__builtin_ctzll(rest));
      const std::size_t bytes = scan::contraction_bytes(block.at + at, text.end(), false);
      if (bytes == 0) continue;
      join_.add(join, at + 1, block.size);
      begin_.add(begin, at + static_cast<unsigned>(bytes), block.size);
    }
    return (starts & ~join) | begin;
  }

  Bits letter_ = 0;
  Bits number_ = 0;
  Bits symbol_ = 0;
  Bits white_ = 0;
  Bits blank_ = 0;
  Carried begin_;
  Carried join_;
};

/// Starts in runs of numbers, which go in groups of kMost from the start of a run.
template <unsigned kMost>
class NumberStarts {
 public:
  Bits find(const Block& block) {
    if constexpr (kMost == 1) return block.number & ~block.inner;
    if (block.number == 0) return number_ = 0;
    if (number_ == 0) in_group_ = 0;
    const Bits starts = block.ascii_numbers ? find_by_bits(block) : find_one_by_one(block);
    number_ = block.last(block.number);
    return starts;
  }

 private:
  Bits find_by_bits(const Block& block) {
    const Bits number = block.number;
    Bits starts = number & ~(number << 1 | number_);
    const Bits until_next = low_bits((kMost - in_group_) % kMost + 1);
    if (number_ != 0 && (number & until_next) == until_next) starts |= until_next & ~(until_next >> 1);
    Bits whole_groups = number;
    for (unsigned i = 1; i < kMost; ++i) whole_groups &= number << i;
    for (Bits more = starts; more != 0; starts |= more) more = more << kMost & whole_groups;
    const unsigned trailing = trailing_ones(number, block.size);
    in_group_ = (trailing == block.size ? in_group_ + trailing : trailing) % kMost;
    return starts;
  }
  Bits find_one_by_one(const Block& block) {
    const Bits run_starts = block.number & ~(block.number << 1 | number_);
    Bits starts = 0;
    for (Bits rest = block.number & ~block.inner; rest != 0; rest &= rest - 1) {
      const Bits bit = rest & (0 - rest);
      if ((run_starts & bit) != 0) in_group_ = 0;
      if (in_group_ == 0) starts |= bit;
      in_group_ = (in_group_ + 1) % kMost;
    }
    return starts;
  }
  /// The length of the run of ones that ends at bit size - 1.
  static unsigned trailing_ones(Bits bits, unsigned size) {
    const Bits zeros = ~(bits << (kBlock - size));
    return zeros == 0 ? kBlock : static_cast<unsigned>(__builtin_clzll(zeros));
  }

  Bits number_ = 0;
  unsigned in_group_ = 0;  ///< numbers since the last start, if the byte before is one
};

/// From bits at the start of runs of ones to all bits of these runs.
inline Bits whole_runs(Bits starts, Bits ones) { return ((ones + starts) ^ ones) & ones; }

/// The starts of pre-tokens of the patterns from cl100k on, block after block. Members are of the byte before the block, in bit 0.
template <class Scanner_, unsigned kMostNumbers, bool kWhiteSpaceToTheEnd>
class Cl100kStarts {
 public:
  using Scanner = Scanner_;

  Bits find(const Block& block, const Text& text) {
    const Bits symbol = block.symbol();
    const Bits absorbed = whole_runs(block.newline & (symbol << 1 | takes_newline_), block.newline);
    const Bits space = block.white & ~block.newline;
    const Bits symbol_starts = symbol & ~(symbol << 1 | symbol_) & ~(block.blank << 1 | blank_);
    const Bits leading = whole_characters(symbol_starts, block.inner);
    const Bits letter_starts = block.letter & ~(block.letter << 1 | letter_) & ~((space | leading) << 1 | leads_);
    const Bits starts = letter_starts | symbol_starts | numbers_.find(block) | white_starts(block, text, space, absorbed) |
                        after_contractions(block, text, symbol_starts);
    letter_ = block.last(block.letter);
    symbol_ = block.last(symbol);
    blank_ = block.last(block.blank);
    leads_ = block.last(space | leading);
    takes_newline_ = block.last(symbol | absorbed);
    return starts;
  }

 private:
  /// White space that no symbol absorbed: where it begins, after its last newline, and before its last character if that is no newline.
  Bits white_starts(const Block& block, const Text& text, Bits space, Bits absorbed) {
    const Bits white = block.white & ~absorbed;
    const Bits newline = block.newline & ~absorbed;
    const Bits next_is_white = (text.look(block.at + block.size).bits & scan::kWhite) != 0 ? 1 : 0;
    const Bits last_space = space & ~(block.white >> 1 | next_is_white << (block.size - 1));
    const Bits after_newline = space & (newline << 1 | newline_);
    const Bits starts = (white & ~(white << 1 | white_)) | first_bytes(last_space, block.inner) |
                        (after_newline != 0 ? after_last_newline(block, text, space, after_newline) : 0);
    white_ = block.last(white);
    newline_ = block.last(newline);
    return starts;
  }

  /// Of starts of runs of spaces, those whose run no newline follows.
  static Bits after_last_newline(const Block& block, const Text& text, Bits space, Bits starts) {
    const Bits filled = space + starts;
    const bool goes_on = block.last(space & ~filled) != 0;
    if ((filled & block.newline) == 0 && !goes_on) return starts;
    Bits kept = 0;
    for (Bits rest = starts; rest != 0; rest &= rest - 1) {
      const Bits bit = rest & (0 - rest);
      const Bits past = (space + bit) & ~space;
      const bool ends_here = past != 0 && (past & block.valid) != 0;
      if (ends_here ? (past & block.newline) == 0 : begins_anew(text, block.at + block.size)) kept |= bit;
    }
    return kept;
  }

  /// Whether a run of spaces after a newline, which has reached `at`, is not part of what ends with the newline.
  static bool begins_anew(const Text& text, const Byte* at) {
    const Byte* const end = text.skip(at, scan::kSpace);
    if (end == text.end()) return !kWhiteSpaceToTheEnd;
    return *end != '\r' && *end != '\n';
  }

  Bits after_contractions(const Block& block, const Text& text, Bits symbol_starts) {
    Bits starts = after_contraction_.take();
    for (Bits rest = block.apostrophe & symbol_starts; rest != 0; rest &= rest - 1) {
      const unsigned at = static_cast<unsigned>(__builtin_ctzll(rest));
      const std::size_t bytes = scan::contraction_bytes(block.at + at, text.end(), true);
      if (bytes != 0) after_contraction_.add(starts, at + static_cast<unsigned>(bytes), block.size);
    }
    return starts;
  }

  NumberStarts<kMostNumbers> numbers_;
  Bits letter_ = 0;
  Bits symbol_ = 0;
  Bits blank_ = 0;
  Bits leads_ = 0;          ///< leads a word if a letter follows
  Bits takes_newline_ = 0;  ///< a symbol, or a newline that belongs to one
  Bits white_ = 0;          ///< white space, newline_: newline, that belongs to no symbol
  Bits newline_ = 0;
  Carried after_contraction_;
};

/// Writes `base` plus the place of each bit; up to 8 more places are written.
inline std::size_t* put_places(Bits bits, std::size_t base, std::size_t* to) {
  std::size_t* const end = to + __builtin_popcountll(bits);
  do {
    for (unsigned i = 0; i < 8; ++i) {
      to[i] = base + static_cast<unsigned>(__builtin_ctzll(bits | Bits{1} << 63));
      bits &= bits - 1;
    }
    to += 8;
  } while (to < end);
  return end;
}

/// Most places that put_places() writes.
constexpr std::size_t kMostPlaces = kBlock + 8;

// A pre-token's end depends on what comes after its start alone, so each call begins as at the start of a text. The scanner does what
// is left when no whole block with something after it is, and texts that are not valid UTF-8.
template <class V, class Starts>
std::size_t cut_by_blocks(std::string_view text, std::size_t& at, std::span<std::size_t> ends) {
  const auto* const begin = reinterpret_cast<const Byte*>(text.data());
  const Text all(begin + text.size());
  const ClassTable& table = scan::class_table();
  const Byte* p = begin + at;
  std::size_t* to = ends.data();
  std::size_t* const last = to + (ends.size() < kMostPlaces ? 0 : ends.size() - kMostPlaces);
  Starts starts;
  for (Bits skip = 1; to < last && all.end() - p > kBlock; skip = 0) {
    Block block;
    if (!read_block<V>(p, table, block)) break;
    to = put_places(starts.find(block, all) & ~skip, static_cast<std::size_t>(p - begin), to);
    p += block.size;
  }
  const auto n = static_cast<std::size_t>(to - ends.data());
  if (n > 0) at = ends[n - 1];
  if (n > 0 && to >= last) return n;
  return n + scan::cut<typename Starts::Scanner>(text, at, ends.subspan(n));
}

template <class V>
Cut find_cut_by_blocks(Pattern pattern) noexcept {
  switch (pattern) {
    case Pattern::gpt2:
      return cut_by_blocks<V, Gpt2Starts>;
    case Pattern::cl100k:
      return cut_by_blocks<V, Cl100kStarts<scan::Cl100k, 3, true>>;
    case Pattern::llama3:
      return cut_by_blocks<V, Cl100kStarts<scan::Llama3, 3, false>>;
    case Pattern::qwen2:
      return cut_by_blocks<V, Cl100kStarts<scan::Qwen2, 1, false>>;
    default:
      return find_cut_scalar(pattern);
  }
}
