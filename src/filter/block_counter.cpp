// Counts a text 64 bytes at a time: what the characters are is a bit mask for each class, and tokens are counted by arithmetic on these.

#include "bits.hpp"
#include "kernels/token_masks.hpp"
#include "place_finder.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/filter/token_places.hpp"
#include "token_block.hpp"
#include "token_counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quern {
namespace {

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

class BlockCounter : public TokenCounter {
 public:
  explicit BlockCounter(std::string_view text) noexcept : text_(text) {}

  /// A block may end within a token of five letters or more, which is counted then: of what follows only its characters are added.
  void add_block(const TokenBlock& block, const TokenBits& bits, std::size_t at) noexcept;
  std::size_t add_run(std::size_t at, bool open) noexcept;

 private:
  void count_tokens(const TokenBlock& block, const TokenBits& bits) noexcept;
  void count_words(const TokenBlock& block, std::uint64_t pieces, std::uint64_t starts) noexcept;
  void find_stop_words(const char* p, std::uint64_t starts, std::uint64_t ends) noexcept;
  void count_lines(const TokenBlock& block) noexcept;
  void count_ellipses(const TokenBlock& block) noexcept;

  std::string_view text_;
};

void BlockCounter::add_block(const TokenBlock& block, const TokenBits& bits, std::size_t /*at*/) noexcept {
  counts_.chars += count(block.m.lead & block.all);
  counts_.hashes += count(block.m.hash & block.all);
  count_tokens(block, bits);
  count_lines(block);
  count_ellipses(block);
}

// 64 bytes without white space and hardly a letter. If a token is open, its last letters stand for it: the rest is counted as if the
// run began with them (four bytes or more, too long with the next one for a stop word), and what was counted before is taken off.
std::size_t BlockCounter::add_run(std::size_t at, bool open) noexcept {
  if (!open) return add_next(text_, at);
  --counts_.tokens, --counts_.words, --counts_.alpha_tokens;
  std::size_t begin = at;
  while (at - begin < 4) {
    begin = tokens::previous(text_, begin);
    --counts_.chars, --counts_.word_chars;
  }
  return add_next(text_, begin);
}

void BlockCounter::count_tokens(const TokenBlock& block, const TokenBits& bits) noexcept {
  counts_.tokens += count(bits.begins);
  count_words(block, bits.pieces, bits.starts);
  if (counts_.stop_words != 0xFF) {
    const std::uint64_t ends = ~bits.pieces & bits.pieces << 1;
    find_stop_words(block.p, bits.starts, block.open_after ? ends & block.all : ends);
  }
}

void BlockCounter::count_words(const TokenBlock& block, std::uint64_t pieces, std::uint64_t starts) noexcept {
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

void BlockCounter::count_lines(const TokenBlock& block) noexcept {
  const std::uint64_t newlines = block.m.newline & block.all;
  const std::uint64_t blanks = block.space & ~newlines;
  const std::uint64_t line_begins = newlines << 1 | (line_has_text_ ? 0u : 1u);
  counts_.lines += count(newlines);
  counts_.bullet_lines += count(after_run(line_begins, blanks) & block.other & block.bullet);
  const std::uint64_t last_line = newlines != 0 ? ~(~std::uint64_t{0} >> std::countl_zero(newlines)) : ~std::uint64_t{0};
  line_begun_ = (newlines >> (block.bytes - 1) & 1) == 0;
  line_has_text_ = (block.other & last_line) != 0 || (newlines == 0 && line_has_text_);
}

void BlockCounter::count_ellipses(const TokenBlock& block) noexcept {
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
  BlockCounter counter(text);
  walk_blocks(text, find_token_masks(kernel), counter);
  return counter.finish();
}

TextStatistics count_statistics(std::string_view text, TokenPlaces& to, Kernel kernel) {
  BlockCounter counter(text);
  PlaceFinder places(text, to, kernel);
  walk_blocks(text, find_token_masks(kernel), counter, places);
  places.finish();
  return counter.finish();
}

}  // namespace quern
