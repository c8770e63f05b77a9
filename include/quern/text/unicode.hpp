#pragma once
// Properties of code points, for one fixed Unicode version whatever ICU is installed: they decide words, tokens and filters.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

inline constexpr std::string_view kUnicodeVersion = "15.0";

/// General_Category (UAX #44, table 12).
enum class Category : std::uint8_t {
  Cn, Lu, Ll, Lt, Lm, Lo, Mn, Mc, Me, Nd, Nl, No, Zs, Zl, Zp, Cc, Cf, Co, Cs, Pc, Pd, Ps, Pe, Pi, Pf, Po, Sm, Sc, Sk, So,
};

namespace unicode {

enum Flag : std::uint8_t {
  kWhiteSpace = 1,    ///< White_Space
  kUnspaced = 2,      ///< of a script written without spaces between words (tables/make_tables.cc lists them)
  kNfcUncertain = 4,  ///< NFC_Quick_Check is not Yes
  kWord = 8,          ///< letter, mark, number or `_`
};

/// What is known of a code point. There are fewer than 256 different records, so a code point costs a byte.
struct Record {
  Category category = Category::Cn;
  std::uint8_t flags = 0;
  std::uint8_t combining_class = 0;  ///< Canonical_Combining_Class
  std::int32_t fold_delta = 0;       ///< simple case folding, minus the code point itself
};

inline constexpr std::uint32_t kBlockSize = 128;
inline constexpr std::size_t kBlocks = 0x110000 / kBlockSize;
inline constexpr std::size_t kMaxDistinctBlocks = 320;

struct Tables {
  std::array<Record, 256> records{};
  std::array<std::uint16_t, kBlocks> block{};                                     ///< code point / 128 -> row of `record`
  std::array<std::array<std::uint8_t, kBlockSize>, kMaxDistinctBlocks> record{};  ///< -> row of `records`
};

extern const Tables kTables;

/// Any value is allowed; beyond U+10FFFF it is the record of an unassigned code point.
inline const Record& record(char32_t c) noexcept {
  if (c > 0x10FFFF) [[unlikely]] c = 0x10FFFF;
  return kTables.records[kTables.record[kTables.block[c / kBlockSize]][c % kBlockSize]];
}

constexpr std::uint32_t category_bit(Category category) noexcept { return 1u << static_cast<unsigned>(category); }

template <class... C>
constexpr std::uint32_t category_mask(C... categories) noexcept {
  return (category_bit(categories) | ...);
}

inline constexpr std::uint32_t kLetter = category_mask(Category::Lu, Category::Ll, Category::Lt, Category::Lm, Category::Lo);
inline constexpr std::uint32_t kMark = category_mask(Category::Mn, Category::Mc, Category::Me);
inline constexpr std::uint32_t kNumber = category_mask(Category::Nd, Category::Nl, Category::No);
inline constexpr std::uint32_t kPunctuation = category_mask(Category::Pc, Category::Pd, Category::Ps, Category::Pe, Category::Pi,
                                                            Category::Pf, Category::Po);
inline constexpr std::uint32_t kSymbol = category_mask(Category::Sm, Category::Sc, Category::Sk, Category::So);

inline bool is_in(char32_t c, std::uint32_t mask) noexcept { return (category_bit(record(c).category) & mask) != 0; }

constexpr bool is_ascii_letter(char32_t c) noexcept { return ((c | 0x20) - U'a') < 26; }

}  // namespace unicode

inline Category category(char32_t c) noexcept { return unicode::record(c).category; }

/// \p{L}
inline bool is_letter(char32_t c) noexcept {
  return c < 0x80 ? unicode::is_ascii_letter(c) : unicode::is_in(c, unicode::kLetter);
}
/// \p{M}
inline bool is_mark(char32_t c) noexcept { return c >= 0x80 && unicode::is_in(c, unicode::kMark); }
/// \p{N}
inline bool is_number(char32_t c) noexcept { return c < 0x80 ? (c - U'0') < 10 : unicode::is_in(c, unicode::kNumber); }
/// \p{P} or \p{S}
inline bool is_punctuation_or_symbol(char32_t c) noexcept { return unicode::is_in(c, unicode::kPunctuation | unicode::kSymbol); }
/// White_Space: not the separators U+001C..U+001F that some languages' `isspace` adds, nor U+200B and U+FEFF.
inline bool is_white_space(char32_t c) noexcept {
  return c < 0x80 ? c == ' ' || (c - 9u) < 5 : (unicode::record(c).flags & unicode::kWhiteSpace) != 0;
}
/// CaseFolding.txt, statuses C and S: never changes the number of code points.
inline char32_t simple_fold(char32_t c) noexcept {
  if (c < 0x80) return (c - U'A') < 26 ? c + 32 : c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + unicode::record(c).fold_delta);
}

/// Decodes the code point at s[at] of valid UTF-8 and moves `at` past it.
inline char32_t next_code_point(std::string_view s, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(s[at + i])); };
  const char32_t lead = byte(0);
  char32_t c = lead;
  std::size_t length = 1;
  if (lead >= 0xF0) {
    c = (lead & 7) << 18 | (byte(1) & 63) << 12 | (byte(2) & 63) << 6 | (byte(3) & 63);
    length = 4;
  } else if (lead >= 0xE0) {
    c = (lead & 15) << 12 | (byte(1) & 63) << 6 | (byte(2) & 63);
    length = 3;
  } else if (lead >= 0x80) {
    c = (lead & 31) << 6 | (byte(1) & 63);
    length = 2;
  }
  at += length;
  return c;
}

/// Appends the UTF-8 form of a scalar value (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& to, char32_t c);
/// The same into memory with room for 4 bytes; returns the end of what was written.
char* write_utf8(char* to, char32_t c) noexcept;

}  // namespace quern
