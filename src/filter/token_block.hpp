#pragma once
// Sixty-four bytes of a text, or fewer, and which of them belong to which token, by arithmetic on bit masks.

#include "bits.hpp"
#include "kernels/token_masks.hpp"
#include "quern/text/tokens.hpp"
#include "quern/text/utf8.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quern {

static_assert(std::endian::native == std::endian::little);

// A block ends where nothing has to be known of what follows: after white space or, in a stretch without, between two letters.
struct TokenBlock {
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

  /// Reads the 64 bytes at `at`, or what is left there. `open`: the block before ended within a token.
  /// False: there is no place where it could end, so the run of characters it lies in is to be split by the definition.
  bool load(std::string_view text, std::size_t at, bool open, FindTokenMasks find_masks) noexcept {
    const std::size_t left = text.size() - at;
    p = text.data() + at;
    if (left < tail_.size()) {
      tail_.fill(' ');
      std::memcpy(tail_.data(), p, left);
      p = tail_.data();
    }
    find_masks(p, m);
    if (m.high != 0) add_non_ascii();
    bullet |= m.hyphen;
    open_before = open;
    if (left >= kBlock) return cut();
    take(static_cast<unsigned>(left));
    return true;
  }

 private:
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

  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kLookAhead = 4;  // bytes read beyond a block: the rest of a character, or of a word of four
  std::array<char, kBlock + kLookAhead> tail_;
};

/// The tokens of a block as "Tokens" in docs/filters.md defines them. A token that was open before has no begin here.
struct TokenBits {
  std::uint64_t pieces = 0;  ///< the bytes of all tokens but peeled characters and joints
  std::uint64_t starts = 0;  ///< where pieces begin
  std::uint64_t begins = 0;  ///< where tokens begin, of any kind
};

inline TokenBits split_block(const TokenBlock& block) noexcept {
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
  return {pieces, starts, starts | joints | (peeled & m.lead & ~(dots & dots << 1))};
}

/// Goes through a text once for all of `takers`. Each gets the blocks in order by
///   add_block(block, bits, at)  and, where there is no place to cut, by
///   add_run(at, open)           the run of characters from there on, in which a token is open or not; returns where it ends.
template <class... Takers>
void walk_blocks(std::string_view text, FindTokenMasks find_masks, Takers&... takers) {
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    TokenBlock block;
    if (block.load(text, at, open, find_masks)) {
      const TokenBits bits = split_block(block);
      (takers.add_block(block, bits, at), ...);
      open = block.open_after;
      at += block.bytes;
    } else {
      std::size_t end = at;
      ((end = takers.add_run(at, open)), ...);
      open = false;
      at = end;
    }
  }
}

}  // namespace quern
