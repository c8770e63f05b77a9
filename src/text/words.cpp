#include "quern/text/words.hpp"

#include "kernels/byte_mask.hpp"
#include "quern/base/error.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace quern {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kPiece = 8192;     // bytes of text folded at a time: what comes of them stays in the first cache
constexpr std::size_t kGrowth = 2;       // a folded piece is at most twice as long, see fold_character
constexpr std::size_t kMaxFolded = std::size_t{1} << 31;

bool is_ascii_block(const char* p) noexcept {
  std::array<std::uint64_t, kBlock / 8> words;
  std::memcpy(words.data(), p, kBlock);
  std::uint64_t any = 0;
  for (std::uint64_t word : words) any |= word;
  return (any & 0x8080808080808080u) == 0;
}

/// Lower case for letters, the same for digits and `_`, a space for all else. Without a branch, so that the compiler takes many at once.
constexpr std::uint8_t fold_ascii(std::uint8_t c) noexcept {
  const std::uint8_t lower = c | 0x20;  // keeps digits
  const bool alphanumeric = (static_cast<std::uint8_t>(lower - 'a') < 26) | (static_cast<std::uint8_t>(c - '0') < 10);
  const std::uint8_t folded = alphanumeric ? lower : std::uint8_t{' '};
  return c == '_' ? c : folded;
}

constexpr std::array<std::uint8_t, 128> kFoldedAscii = [] {
  std::array<std::uint8_t, 128> folded{};
  for (std::size_t c = 0; c < folded.size(); ++c) folded[c] = fold_ascii(static_cast<std::uint8_t>(c));
  return folded;
}();

void fold_ascii_block(const char* from, char* to) noexcept {
  alignas(16) std::array<std::uint8_t, kBlock> block;
  std::memcpy(block.data(), from, kBlock);
  for (std::uint8_t& c : block) c = fold_ascii(c);
  std::memcpy(to, block.data(), kBlock);
}

/// Writes one character and the space that parts it from the word before, if it begins one. Two bytes become at most four
/// (U+023A folds to three bytes; a word of its own has three or more), so a piece at most doubles.
char* fold_character(char* to, char32_t c, bool& break_ahead) noexcept {
  const unicode::Record& r = unicode::record(c);
  if ((r.flags & unicode::kWord) == 0) {
    *to++ = ' ';
    break_ahead = false;
    return to;
  }
  const bool base = (unicode::category_bit(r.category) & unicode::kMark) == 0;
  if (base) {
    const bool unspaced = (r.flags & unicode::kUnspaced) != 0;
    if (break_ahead || unspaced) *to++ = ' ';
    break_ahead = unspaced;
  }
  return write_utf8(to, static_cast<char32_t>(static_cast<std::int32_t>(c) + r.fold_delta));
}

/// Appends the places of the set bits, counted from `base`. Writes eight at a time whether they are there or not: a loop over each bit
/// ends at a place the processor cannot foresee. Needs room for 64.
std::uint32_t* write_set_bits(std::uint64_t bits, std::uint32_t base, std::uint32_t* to) noexcept {
  std::uint32_t* const end = to + std::popcount(bits);
  while (to < end) {
    for (int i = 0; i < 8; ++i, bits &= bits - 1) to[i] = base + static_cast<std::uint32_t>(std::countr_zero(bits));
    to += 8;
  }
  return end;
}

}  // namespace

void FoldedWords::begin() noexcept {
  size_ = scanned_ = edges_ = 0;
  break_ahead_ = false;
}

void FoldedWords::reserve(std::size_t more) {
  const std::size_t room = size_ + more;
  if (room > kMaxFolded) {
    fail(ErrorKind::plan, "a text holds a word of more than 1 GiB: set max_document_bytes to less");
  }
  if (folded_.size() < room) folded_.resize(std::max(room, 2 * folded_.size()));
}

std::size_t FoldedWords::fold_piece(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(at + kPiece, text.size());
  reserve(kGrowth * (end - at + kBlock) + 2 * kBlock + kReadable);
  char* to = folded_.data() + size_;
  while (end - at >= kBlock && at < end) {
    if (is_ascii_block(text.data() + at)) {
      if (break_ahead_) *to++ = ' ';
      break_ahead_ = false;
      fold_ascii_block(text.data() + at, to);
      to += kBlock;
      at += kBlock;
    } else {
      to = fold_mixed_block(text, at, at + kBlock, to);
    }
  }
  if (at < end) to = fold_mixed_block(text, at, end, to);
  size_ = static_cast<std::size_t>(to - folded_.data());
  return at;
}

char* FoldedWords::fold_mixed_block(std::string_view text, std::size_t& at, std::size_t stop, char* to) noexcept {
  while (at < stop) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (byte >= 0x80) {
      to = fold_character(to, next_code_point(text, at), break_ahead_);
      continue;
    }
    if (break_ahead_) *to++ = ' ';
    break_ahead_ = false;
    *to++ = static_cast<char>(kFoldedAscii[byte]);
    ++at;
  }
  return to;
}

// The space after the last word, and whole blocks.
void FoldedWords::finish() noexcept {
  const std::size_t padded = (size_ / kBlock + 2) * kBlock;
  std::memset(folded_.data() + size_, ' ', padded - size_);
  size_ = padded;
}

void FoldedWords::find_edges() {
  const std::size_t most_edges = edges_ + (size_ - scanned_) + kBlock;
  if (words_.size() < most_edges / 2 + 1) words_.resize(most_edges / 2 + 1);
  // Edges are written in turn as `begin` and `end`: a word is two of them.
  static_assert(sizeof(Word) == 2 * sizeof(std::uint32_t) && alignof(Word) == alignof(std::uint32_t));
  std::uint32_t* edge = &words_.data()->begin + edges_;
  std::uint64_t inside = edges_ % 2;
  for (; scanned_ + kBlock <= size_; scanned_ += kBlock) {
    const std::uint64_t in_word = ~equal_mask(folded_.data() + scanned_, ' ');
    edge = write_set_bits(in_word ^ (in_word << 1 | inside), static_cast<std::uint32_t>(scanned_), edge);
    inside = in_word >> 63;
  }
  edges_ = static_cast<std::size_t>(edge - &words_.data()->begin);
}

// A word that is still being read moves to the front once, however long it grows: nothing is dropped before it ends.
void FoldedWords::drop_taken() noexcept {
  const bool inside = edges_ % 2 != 0;
  const std::size_t from = inside ? words_[edges_ / 2].begin : scanned_;
  std::memmove(folded_.data(), folded_.data() + from, size_ - from);
  size_ -= from;
  scanned_ -= from;
  words_.front().begin = 0;
  edges_ = inside ? 1 : 0;
}

}  // namespace quern
