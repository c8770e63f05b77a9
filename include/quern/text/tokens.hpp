#pragma once
// The split into words and punctuation that the quality filters count (docs/filters.md, "Tokens").

#include "quern/text/unicode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quern {

/// What the split asks of a character. Bits, for a few characters have several.
enum TokenClass : std::uint8_t {
  kTokenSpace = 1,    ///< White_Space
  kTokenLetter = 2,   ///< \p{L}
  kTokenNumber = 4,   ///< \p{N}
  kTokenSymbol = 8,   ///< \p{P} or \p{S}
  kTokenPeel = 16,    ///< a symbol that comes off the ends of a run: all but - | / \ @ ^ +
  kTokenJoin = 32,    ///< - : < > = / , which split a run between a letter or number and a letter
};

constexpr std::uint8_t ascii_token_class(char32_t c) {
  constexpr std::string_view kSticky = "-|/\\@^+";
  constexpr std::string_view kJoining = "-:<>=/,";
  const char byte = static_cast<char>(c);
  if (c == ' ' || (c - 9u) < 5) return kTokenSpace;
  if (unicode::is_ascii_letter(c)) return kTokenLetter;
  if ((c - U'0') < 10) return kTokenNumber;
  if (c < 0x21 || c > 0x7E) return 0;  // a control character
  const int peel = kSticky.find(byte) == std::string_view::npos ? kTokenPeel : 0;
  const int join = kJoining.find(byte) != std::string_view::npos ? kTokenJoin : 0;
  return static_cast<std::uint8_t>(kTokenSymbol | peel | join);
}

inline constexpr std::array<std::uint8_t, 128> kAsciiTokenClass = [] {
  std::array<std::uint8_t, 128> classes{};
  for (char32_t c = 0; c < 128; ++c) classes[c] = ascii_token_class(c);
  return classes;
}();

/// TokenClass bits of a character.
inline std::uint8_t token_class(char32_t c) noexcept {
  if (c < 0x80) return kAsciiTokenClass[c];
  const unicode::Record& r = unicode::record(c);
  const std::uint32_t category = unicode::category_bit(r.category);
  if ((r.flags & unicode::kWhiteSpace) != 0) return kTokenSpace;
  if ((category & unicode::kLetter) != 0) return kTokenLetter;
  if ((category & unicode::kNumber) != 0) return kTokenNumber;
  if ((category & (unicode::kPunctuation | unicode::kSymbol)) != 0) return kTokenSymbol | kTokenPeel;
  return 0;
}

struct Token {
  std::string_view text;
  std::uint64_t chars = 0;  ///< code points
  bool word = false;        ///< has a character that is neither punctuation nor a symbol
  bool alpha = false;       ///< has a letter
};

namespace tokens {

/// A character and where it ends.
struct Character {
  std::uint8_t classes;
  std::size_t end;
};

inline Character character_at(std::string_view s, std::size_t at) noexcept {
  const char32_t c = next_code_point(s, at);
  return {token_class(c), at};
}

/// Begin of the character that ends at `end` > 0.
inline std::size_t previous(std::string_view s, std::size_t end) noexcept {
  do --end;
  while ((static_cast<unsigned char>(s[end]) & 0xC0) == 0x80);
  return end;
}

inline Token make_token(std::string_view text) noexcept {
  Token token{text};
  for (std::size_t at = 0; at < text.size(); ++token.chars) {
    const Character c = character_at(text, at);
    token.word |= (c.classes & kTokenSymbol) == 0;
    token.alpha |= (c.classes & kTokenLetter) != 0;
    at = c.end;
  }
  return token;
}

/// Peeled characters: a token each, but two or more dots in a row are one.
template <class Take>
void split_peeled(std::string_view s, Take&& take) {
  for (std::size_t at = 0; at < s.size();) {
    std::size_t end = character_at(s, at).end;
    std::uint64_t chars = 1;
    for (; s[at] == '.' && end < s.size() && s[end] == '.'; ++end) ++chars;
    take(Token{s.substr(at, end - at), chars, false, false});
    at = end;
  }
}

/// What is left between the peeled ends.
template <class Take>
void split_body(std::string_view s, Take&& take) {
  std::size_t begin = 0;
  std::uint8_t before = 0;
  for (std::size_t at = 0; at < s.size();) {
    const Character c = character_at(s, at);
    const bool joins = (c.classes & kTokenJoin) != 0 && (before & (kTokenLetter | kTokenNumber)) != 0 && c.end < s.size() &&
                       (character_at(s, c.end).classes & kTokenLetter) != 0;
    if (joins) {
      take(make_token(s.substr(begin, at - begin)));
      take(make_token(s.substr(at, c.end - at)));
      begin = c.end;
    }
    before = c.classes;
    at = c.end;
  }
  if (begin < s.size()) take(make_token(s.substr(begin)));
}

}  // namespace tokens

/// Calls take(const Token&) for each token of a run of characters without white space, in order.
template <class Take>
void split_run(std::string_view run, Take&& take) {
  std::size_t begin = 0;
  std::size_t end = run.size();
  while (begin < end) {
    const tokens::Character c = tokens::character_at(run, begin);
    if ((c.classes & kTokenPeel) == 0) break;
    begin = c.end;
  }
  while (end > begin) {
    const std::size_t last = tokens::previous(run, end);
    if ((tokens::character_at(run, last).classes & kTokenPeel) == 0) break;
    end = last;
  }
  tokens::split_peeled(run.substr(0, begin), take);
  tokens::split_body(run.substr(begin, end - begin), take);
  tokens::split_peeled(run.substr(end), take);
}

}  // namespace quern
