#include "quern/text/words.hpp"

#include "kernels/word_blocks.hpp"
#include "quern/base/error.hpp"
#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace quern {
namespace {

constexpr std::size_t kBlock = kWordBlock;
constexpr std::size_t kPiece = 4096;     // bytes of text folded at a time: what comes of them stays in the first cache
constexpr std::size_t kMixed = 16;       // bytes folded one by one where a block begins with what is not simple
constexpr std::size_t kGrowth = 2;       // a folded piece is at most twice as long, see fold_character
constexpr std::size_t kMaxFolded = std::size_t{1} << 31;

constexpr std::array<char, 128> kFoldedAscii = [] {
  std::array<char, 128> folded{};
  folded.fill(' ');
  folded['_'] = '_';
  for (char c = '0'; c <= '9'; ++c) folded[static_cast<std::size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) folded[static_cast<std::size_t>(c)] = folded[static_cast<std::size_t>(c - 32)] = c;
  return folded;
}();

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

}  // namespace

FoldedWords::FoldedWords(Kernel kernel) : blocks_(&word_blocks(kernel)) {}

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
    char* const after = to + break_ahead_;
    const std::size_t folded = blocks_->fold(text.data() + at, end - at, after);
    if (folded == 0) {
      to = fold_mixed_block(text, at, at + kMixed, to);
      continue;
    }
    if (break_ahead_) *to = ' ';
    break_ahead_ = false;
    to = after + folded;
    at += folded;
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
    *to++ = kFoldedAscii[byte];
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
  std::uint32_t* const first = &words_.data()->begin;
  const std::size_t blocks = (size_ - scanned_) / kBlock;
  const auto place = static_cast<std::uint32_t>(scanned_);
  edges_ = static_cast<std::size_t>(blocks_->find_edges(folded_.data() + scanned_, blocks, place, edges_ % 2 != 0, first + edges_) - first);
  scanned_ += blocks * kBlock;
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
