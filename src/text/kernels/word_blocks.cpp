#include "word_blocks.hpp"

#include "byte_mask.hpp"
#include "set_bits.hpp"

#include <array>
#include <cstring>

namespace quern {
namespace {

bool is_ascii_block(const char* p) noexcept {
  std::array<std::uint64_t, kWordBlock / 8> words;
  std::memcpy(words.data(), p, kWordBlock);
  std::uint64_t any = 0;
  for (std::uint64_t word : words) any |= word;
  return (any & 0x8080808080808080u) == 0;
}

// Without a branch, so that the compiler takes many at once.
constexpr std::uint8_t fold_ascii(std::uint8_t c) noexcept {
  const std::uint8_t lower = c | 0x20;  // keeps digits
  const bool alphanumeric = (static_cast<std::uint8_t>(lower - 'a') < 26) | (static_cast<std::uint8_t>(c - '0') < 10);
  const std::uint8_t folded = alphanumeric ? lower : std::uint8_t{' '};
  return c == '_' ? c : folded;
}

std::size_t fold(const char* text, std::size_t bytes, char* to) noexcept {
  std::size_t at = 0;
  for (; at + kWordBlock <= bytes && is_ascii_block(text + at); at += kWordBlock) {
    alignas(16) std::array<std::uint8_t, kWordBlock> block;
    std::memcpy(block.data(), text + at, kWordBlock);
    for (std::uint8_t& c : block) c = fold_ascii(c);
    std::memcpy(to + at, block.data(), kWordBlock);
  }
  return at;
}

std::uint32_t* find_edges(const char* folded, std::size_t blocks, std::uint32_t first, bool inside, std::uint32_t* to) noexcept {
  std::uint64_t before = inside ? 1 : 0;
  for (; blocks > 0; --blocks, folded += kWordBlock, first += kWordBlock) {
    const std::uint64_t in_word = ~equal_mask(folded, ' ');
    to = write_set_bits(in_word ^ (in_word << 1 | before), first, to);
    before = in_word >> 63;
  }
  return to;
}

}  // namespace

const WordBlocks kWordBlocksScalar{fold, find_edges};

const WordBlocks& word_blocks([[maybe_unused]] Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx512) return kWordBlocksAvx512;
  if (kernel == Kernel::avx2) return kWordBlocksAvx2;
#endif
  return kWordBlocksScalar;
}

}  // namespace quern
