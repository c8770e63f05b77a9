// Where pre-tokens start in a block, for each pattern: the scanners' rules as operations on masks. See blocks.hpp.

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
  static constexpr bool kCases = false;

  static constexpr bool gives_up() { return false; }
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

/// As whole_runs, from bits anywhere in a run to its last bit.
inline Bits rest_of_runs(Bits starts, Bits ones) {
  for (unsigned i = 1; i < kBlock; i *= 2) {
    starts |= ones & starts << i;
    ones &= ones << i;
  }
  return starts;
}

/// Words of cl100k, llama3 and qwen2: runs of letters; contractions stand where a symbol starts.
class PlainWords {
 public:
  static constexpr bool kCases = false;

  static constexpr bool gives_up() { return false; }
  static Bits break_words(const Block&, const Text&) { return 0; }

  /// The starts after contractions.
  Bits cut_contractions(const Block& block, const Text& text, Bits symbol_starts, Bits /*after_letter*/, Bits& /*joined*/) {
    Bits starts = begin_.take();
    for (Bits rest = block.apostrophe & symbol_starts; rest != 0; rest &= rest - 1) {
      const unsigned at = static_cast<unsigned>(__builtin_ctzll(rest));
      const std::size_t bytes = scan::contraction_bytes(block.at + at, text.end(), true);
      if (bytes != 0) begin_.add(starts, at + static_cast<unsigned>(bytes), block.size);
    }
    return starts;
  }

 private:
  Carried begin_;
};

/// Words of o200k: a word ends before an upper-case letter that comes after a lower-case one, and contractions belong to it.
class CasedWords {
 public:
  static constexpr bool kCases = true;

  bool gives_up() const { return gives_up_; }

  /// Where words begin within runs of letters.
  Bits break_words(const Block& block, const Text& text) {
    const Bits lower = block.letter & ~(block.upper | block.uncased);
    Bits starts = block.upper & (lower << 1 | low_);
    for (Bits rest = block.upper & (block.uncased << 1 | uncased_); rest != 0; rest &= rest - 1) {
      const Bits bit = rest & (0 - rest);
      if (is_low(block, lower, bit - 1) != 0 || all_upper(text, block.at + __builtin_ctzll(rest))) starts |= bit;
    }
    low_ = is_low(block, lower, block.valid);
    uncased_ = block.last(block.uncased);
    return starts;
  }

  /// The starts after contractions; their bytes are added to `joined`. Gives up where the letter after a contraction may not have a
  /// case: what is known of the letters before would have to be forgotten.
  Bits cut_contractions(const Block& block, const Text& text, Bits /*symbol_starts*/, Bits after_letter, Bits& joined) {
    Bits starts = begin_.take();
    joined = join_.take();
    for (Bits rest = block.apostrophe & after_letter; rest != 0; rest &= rest - 1) {
      const unsigned at = static_cast<unsigned>(__builtin_ctzll(rest));
      if ((starts >> at & 1) != 0) continue;  // right after a contraction, which is no word
      const auto bytes = static_cast<unsigned>(scan::contraction_bytes(block.at + at, text.end(), true));
      if (bytes == 0) continue;
      for (unsigned i = 0; i < bytes; ++i) join_.add(joined, at + i, block.size);
      begin_.add(starts, at + bytes, block.size);
      gives_up_ = gives_up_ || text.look(block.at + at + bytes).bytes > 1;
    }
    return starts;
  }

 private:
  /// 1 if the last of these bytes that is not of a letter without case is of a lower-case letter.
  Bits is_low(const Block& block, Bits lower, Bits bytes) const {
    const Bits cased = bytes & ~block.uncased;
    return cased == 0 ? low_ : lower >> (63 - static_cast<unsigned>(__builtin_clzll(cased))) & 1;
  }
  /// Whether from here on the word could only end in upper-case letters. (Then it ended before.)
  static bool all_upper(const Text& text, const Byte* at) {
    return (text.look(text.skip(at, scan::kUpper)).bits & scan::kLowerish) == 0;
  }

  Bits low_ = 0;  ///< is_low() of all bytes before
  Bits uncased_ = 0;
  bool gives_up_ = false;
  Carried begin_;
  Carried join_;
};

/// The starts of pre-tokens of the patterns from cl100k on, block after block. Members are of the byte before the block, in bit 0.
template <class Scanner_, class Words, unsigned kMostNumbers, bool kWhiteSpaceToTheEnd>
class Cl100kStarts {
 public:
  using Scanner = Scanner_;

  static constexpr bool kCases = Words::kCases;

  bool gives_up() const { return words_.gives_up(); }

  Bits find(const Block& block, const Text& text) {
    const Bits absorbed = find_absorbed(block);
    const Bits symbol = block.symbol() & ~absorbed;
    const Bits space = block.white & ~block.newline;
    const Bits symbol_starts = symbol & ~(symbol << 1 | symbol_) & ~(block.blank << 1 | blank_);
    const Bits leading = whole_characters(symbol_starts, block.inner);
    const Bits after_letter = block.letter << 1 | letter_;
    const Bits letter_starts = block.letter & ~after_letter & ~((space | leading) << 1 | leads_);
    Bits joined = 0;
    const Bits begun = words_.cut_contractions(block, text, symbol_starts, after_letter, joined);
    const Bits starts = letter_starts | symbol_starts | words_.break_words(block, text) | numbers_.find(block) |
                        white_starts(block, text, space, absorbed);
    letter_ = block.last(block.letter);
    symbol_ = block.last(symbol);
    blank_ = block.last(block.blank);
    leads_ = block.last(space | leading);
    takes_newline_ = block.last(symbol | absorbed);
    takes_slash_ = block.last(absorbed);
    return (starts & ~joined) | begun;
  }

 private:
  /// Newlines that belong to the symbols before them; slashes after these too, where the pattern has cases.
  Bits find_absorbed(const Block& block) const {
    Bits begin = block.newline & (block.symbol() << 1 | takes_newline_);
    if constexpr (kCases) {
      const Bits slash = block.slash & (block.newline << 1 | takes_slash_);
      if (slash != 0) return rest_of_runs(begin | (slash & takes_slash_), block.newline | block.slash);
    }
    return whole_runs(begin, block.newline);
  }

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

  Words words_;
  NumberStarts<kMostNumbers> numbers_;
  Bits letter_ = 0;
  Bits symbol_ = 0;
  Bits blank_ = 0;
  Bits leads_ = 0;          ///< leads a word if a letter follows
  Bits takes_newline_ = 0;  ///< a symbol, or a newline that belongs to one
  Bits takes_slash_ = 0;    ///< what it absorbed
  Bits white_ = 0;          ///< white space, newline_: newline, that belongs to no symbol
  Bits newline_ = 0;
};
