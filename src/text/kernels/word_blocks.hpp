#pragma once
// What FoldedWords does with 64 bytes at a time.

#include "quern/base/kernel.hpp"

#include <cstddef>
#include <cstdint>

namespace quern {

inline constexpr std::size_t kWordBlock = 64;

struct WordBlocks {
  /// Folds `text` up to its end, or up to a block of 64 bytes that holds a character it leaves to others, or up to a last block that is
  /// not whole. Folded characters take as many bytes as before: lower case for ASCII letters, the same for digits and `_`, spaces for all
  /// else. Never leaves ASCII, nor ends within a character.
  /// @param text valid UTF-8 that begins with a character
  /// @param to   room for 64 bytes more than what is folded
  /// @return bytes folded
  std::size_t (*fold)(const char* text, std::size_t bytes, char* to) noexcept;

  /// Writes the places at which a word begins or ends, where words are runs of other bytes than spaces.
  /// @param folded `blocks` times 64 bytes
  /// @param first  the place of the first byte
  /// @param inside whether the byte before it is of a word
  /// @param to     room for 64 places more than are found
  /// @return the end of what was written
  std::uint32_t* (*find_edges)(const char* folded, std::size_t blocks, std::uint32_t first, bool inside, std::uint32_t* to) noexcept;
};

/// The implementation for a kernel that this machine can run.
const WordBlocks& word_blocks(Kernel kernel) noexcept;

extern const WordBlocks kWordBlocksScalar;  ///< for the build's baseline: the reference. Folds nothing but ASCII
#if defined(__x86_64__)
extern const WordBlocks kWordBlocksAvx2;    ///< this one and the next fold general punctuation (U+2000..U+203F) as well
extern const WordBlocks kWordBlocksAvx512;
#endif

}  // namespace quern
