// Counts a text 64 bytes at a time: what the characters are is a bit mask for each class, and tokens are counted by arithmetic on these.

#include "bits.hpp"
#include "kernels/token_masks.hpp"
#include "quern/filter/statistics.hpp"
#include "token_counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quern {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLookAhead = 4;  // bytes read beyond a block: the rest of a character, or of a word of four

static_assert(std::endian::native == std::endian::little);

std::uint32_t load_4_bytes(const char* from) noexcept {
  std::uint32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// The stop words as four bytes, with zeros in front.
constexpr auto kStopWordBytes = [] {
  std::array<std::uint32_t, kStopWords.size()> words{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (char letter : kStopWords[i]) words[i] = words[i] >> 8 | static_cast<std::uint32_t>(letter) << 24;
  }
  return words;
}();

// A block ends where nothing has to be known of what follows: after white space or, in a stretch without, between two letters.
struct Block {
  const char* p = nullptr;
  TokenMasks m;                ///< non-ASCII characters have been added: each of a character's bytes has its bits
  std::uint64_t bullet = 0;    ///< first bytes of characters that begin a bullet line
  std::uint64_t ellipsis = 0;  ///< last bytes of U+2026
  std::uint64_t all = 0;       ///< the bytes that belong to the block
  std::uint64_t space = 0;     ///< of these, white space
  std::uint64_t other = 0;     ///< and all else
  unsigned bytes = 0;          ///< at most 63
  bool open_before = false;    ///< a token was open when it began
  bool open_after = false;     ///< a token is open where it ends

  void add_non_ascii() noexcept {
    for (std::uint64_t leads = m.high & m.lead; leads != 0; leads &= leads - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(leads));
      std::size_t at = i;
      const char32_t c = next_code_point({p, i + 4}, at);
      const std::uint64_t bits = ((std::uint64_t{1} << (at - i)) - 1) << i;
      const std::uint8_t classes = token_class(c);
      if ((classes & kTokenLetter) != 0) m.letter |= bits;
      if ((classes & kTokenSpace) != 0) m.space |= bits;
      if ((classes & kTokenNumber) != 0) m.number |= bits;
      if ((classes & kTokenSymbol) != 0) m.symbol |= bits, m.peel |= bits;
      if (c == U'\u2022') bullet |= bits;
      if (c == U'\u2026') ellipsis |= bits & ~(bits >> 1);
    }
  }

  /// Finds where the block ends; false: it has no such place.
  bool cut() noexcept {
    const std::uint64_t letters = m.letter;
    const std::uint64_t before_character = m.lead >> 1;
    std::uint64_t cuts = m.space & before_character;
    if (cuts == 0) {
      // Five letters: no part of them can be taken for a stop word, for which four would do.
      cuts = letters & (letters >> 1) & (letters << 1) & (letters << 2) & (letters << 3) & before_character;
      open_after = cuts != 0;
    }
    if (cuts == 0) return false;
    take(64 - static_cast<unsigned>(std::countl_zero(cuts)));
    return true;
  }

  void take(unsigned n) noexcept {
    bytes = n;
    all = (std::uint64_t{1} << n) - 1;
    space = m.space & all;
    other = all & ~m.space;
  }
};

class BlockCounter : public TokenCounter {
 public:
  explicit BlockCounter(FindTokenMasks find_masks) noexcept : find_masks_(find_masks) {}

  /// Counts from `at`, where a token of the text may be open only if the last block ended in it; returns up to where it counted.
  std::size_t add_block(std::string_view text, std::size_t at) noexcept;

 private:
  std::size_t add_run_plainly(std::string_view text, std::size_t at) noexcept;
  void count_tokens(const Block& block) noexcept;
  void count_words(const Block& block, std::uint64_t pieces, std::uint64_t starts) noexcept;
  void find_stop_words(const char* p, std::uint64_t starts, std::uint64_t ends) noexcept;
  void count_lines(const Block& block) noexcept;
  void count_ellipses(const Block& block) noexcept;

  /// The last block ended within a token of five letters or more, which has been counted: only its characters are to be added.
  bool open_ = false;
  FindTokenMasks find_masks_;
};

std::size_t BlockCounter::add_block(std::string_view text, std::size_t at) noexcept {
  const std::size_t left = text.size() - at;
  std::array<char, kBlock + kLookAhead> tail;
  Block block;
  block.p = text.data() + at;
  if (left < tail.size()) {
    tail.fill(' ');
    std::memcpy(tail.data(), block.p, left);
    block.p = tail.data();
  }
  find_masks_(block.p, block.m);
  if (block.m.high != 0) block.add_non_ascii();
  block.bullet |= block.m.hyphen;
  block.open_before = open_;
  if (left < kBlock) {
    block.take(static_cast<unsigned>(left));
  } else if (!block.cut()) {
    return add_run_plainly(text, at);
  }
  open_ = block.open_after;
  counts_.chars += count(block.m.lead & block.all);
  counts_.hashes += count(block.m.hash & block.all);
  count_tokens(block);
  count_lines(block);
  count_ellipses(block);
  return at + block.bytes;
}

// 64 bytes without white space and hardly a letter. If a token is open, its last letters stand for it: the rest is counted as if the
// run began with them (four bytes or more, too long with the next one for a stop word), and what was counted before is taken off.
std::size_t BlockCounter::add_run_plainly(std::string_view text, std::size_t at) noexcept {
  if (!open_) return add_next(text, at);
  open_ = false;
  --counts_.tokens, --counts_.words, --counts_.alpha_tokens;
  std::size_t begin = at;
  while (at - begin < 4) {
    begin = tokens::previous(text, begin);
    --counts_.chars, --counts_.word_chars;
  }
  return add_next(text, begin);
}

void BlockCounter::count_tokens(const Block& block) noexcept {
  const TokenMasks& m = block.m;
  const std::uint64_t open = block.open_before ? 1 : 0;
  const std::uint64_t peelable = m.peel & block.all;
  const std::uint64_t run_begins = block.other & ~(block.other << 1);  // an open token goes on with a letter: no begin, but no harm
  const std::uint64_t run_ends = block.other & ~(block.other >> 1);
  const std::uint64_t peeled = fill_up(run_begins & peelable, peelable) | fill_down(run_ends & peelable, peelable);
  const std::uint64_t body = block.other & ~peeled;
  const std::uint64_t joints = m.join & body & ((m.letter | m.number) << 1) & (m.letter >> 1);
  const std::uint64_t pieces = body & ~joints;
  const std::uint64_t starts = pieces & ~(pieces << 1 | open);
  const std::uint64_t dots = m.dot & peeled;
  counts_.tokens += count(starts) + count(joints) + count(peeled & m.lead) - count(dots & dots << 1);
  count_words(block, pieces, starts);
  if (counts_.stop_words != 0xFF) {
    const std::uint64_t ends = ~pieces & pieces << 1;
    find_stop_words(block.p, starts, block.open_after ? ends & block.all : ends);
  }
}

void BlockCounter::count_words(const Block& block, std::uint64_t pieces, std::uint64_t starts) noexcept {
  const std::uint64_t symbols = pieces & block.m.symbol;
  const std::uint64_t not_letters = pieces & ~block.m.letter;
  // A piece is a word if a character that is no symbol comes at its start or after the symbols it starts with; likewise for letters.
  const std::uint64_t after_symbols = after_run(starts, symbols);
  counts_.words += count(after_symbols & pieces);
  counts_.alpha_tokens += count(after_run(starts, not_letters) & pieces);
  const std::uint64_t wordless_ends = after_symbols & ~pieces;
  const std::uint64_t wordless = wordless_ends != 0 ? fill_down(wordless_ends >> 1, symbols) : 0;
  counts_.word_chars += count(pieces & ~wordless & block.m.lead);
}

void BlockCounter::find_stop_words(const char* p, std::uint64_t starts, std::uint64_t ends) noexcept {
  const auto find = [&](unsigned length, auto... words) {
    for (std::uint64_t places = starts & ends >> length; places != 0; places &= places - 1) {
      const std::uint32_t bytes = load_4_bytes(p + std::countr_zero(places)) << (32 - 8 * length);
      counts_.stop_words |= static_cast<std::uint8_t>((... | (std::uint32_t{bytes == kStopWordBytes[words]} << words)));
    }
  };
  find(2, 1u, 2u, 3u);
  find(3, 0u, 4u);
  find(4, 5u, 6u, 7u);
}

void BlockCounter::count_lines(const Block& block) noexcept {
  const std::uint64_t newlines = block.m.newline & block.all;
  const std::uint64_t blanks = block.space & ~newlines;
  const std::uint64_t line_begins = newlines << 1 | (line_has_text_ ? 0u : 1u);
  counts_.lines += count(newlines);
  counts_.bullet_lines += count(after_run(line_begins, blanks) & block.other & block.bullet);
  const std::uint64_t last_line = newlines != 0 ? ~(~std::uint64_t{0} >> std::countl_zero(newlines)) : ~std::uint64_t{0};
  line_begun_ = (newlines >> (block.bytes - 1) & 1) == 0;
  line_has_text_ = (block.other & last_line) != 0 || (newlines == 0 && line_has_text_);
}

void BlockCounter::count_ellipses(const Block& block) noexcept {
  const std::uint64_t dots = block.m.dot & block.all;
  std::uint64_t triples = dots & dots << 1 & dots << 2;
  const std::uint64_t ends = triples | (block.ellipsis & block.all);
  counts_.ellipses += count(block.ellipsis & block.all);
  for (; triples != 0; triples &= ~(std::uint64_t{7} << std::countr_zero(triples))) ++counts_.ellipses;  // without overlap
  // Through the white space behind them: to a line's end, or to that of the block.
  const std::uint64_t newlines = block.m.newline & block.all;
  const std::uint64_t reached = after_run(ends << 1 | (ends_with_ellipsis_ ? 1u : 0u), block.space & ~newlines);
  counts_.ellipsis_lines += count(reached & newlines);
  ends_with_ellipsis_ = (reached >> block.bytes & 1) != 0;
}

}  // namespace

TextStatistics count_statistics(std::string_view text, Kernel kernel) noexcept {
  BlockCounter counter(find_token_masks(kernel));
  for (std::size_t at = 0; at < text.size();) at = counter.add_block(text, at);
  return counter.finish();
}

}  // namespace quern
