#pragma once
// What the patterns ask of a character, as bits.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace quern::scan {

enum Class : std::uint8_t {
  kUpper = 1,     ///< Lu, Lt
  kLower = 2,     ///< Ll
  kUncased = 4,   ///< Lm, Lo
  kMark = 8,      ///< M
  kNumber = 16,   ///< N
  kSpace = 32,    ///< White_Space without CR and LF
  kNewline = 64,  ///< CR, LF
  kOther = 128,
};
inline constexpr unsigned kLetter = kUpper | kLower | kUncased;
inline constexpr unsigned kWhite = kSpace | kNewline;
inline constexpr unsigned kSymbol = kMark | kOther;              ///< [^\s\p{L}\p{N}]
inline constexpr unsigned kUpperish = kUpper | kUncased | kMark;  ///< [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
inline constexpr unsigned kLowerish = kLower | kUncased | kMark;  ///< [\p{Ll}\p{Lm}\p{Lo}\p{M}]

/// Classes of all code points; of bytes for ASCII (0 for the bytes above, so that one test ends an ASCII run).
struct ClassTable {
  std::array<std::uint8_t, 256> byte{};
  std::array<std::uint16_t, 0x110000 / 256> block{};
  std::unique_ptr<std::array<std::uint8_t, 256>[]> classes;
  /// First bytes of characters of two and three bytes that begin letters only: bit (byte / 16 - 8) of [byte % 16].
  std::array<std::uint8_t, 16> letter_leads{};
  std::array<std::uint8_t, 16> uncased_leads{};  ///< the same of kUncased only

  ClassTable();
  unsigned of(char32_t c) const noexcept { return classes[block[c >> 8]][c & 0xFF]; }
};

/// Made at first use, a few milliseconds.
const ClassTable& class_table();

}  // namespace quern::scan
