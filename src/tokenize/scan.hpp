#pragma once
// Scanners: where does the pre-token that begins here end? Each says what its regex says, without a regex engine: every character
// is looked at a bounded number of times, whatever the text. These are the reference that faster kernels are held against.

#include "tokenize/char_class.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace quern::scan {

using Byte = unsigned char;

/// A character of the text: its class bits (0 at the end of the text) and its bytes.
struct Char {
  unsigned bits = 0;
  std::size_t bytes = 0;
};

/// The text being cut. Valid UTF-8 gives the published cuts; any other bytes are cut somewhere, without reading outside.
class Text {
 public:
  Text(const Byte* end) : end_(end), table_(&class_table()) {}

  const Byte* end() const { return end_; }

  Char look(const Byte* at) const {
    if (at >= end_) return {};
    if (*at < 0x80) return {table_->byte[*at], 1};
    return look_wide(at);
  }

  /// Past the run of characters of these classes.
  const Byte* skip(const Byte* at, unsigned bits) const {
    for (;;) {
      while (at < end_ && (table_->byte[*at] & bits) != 0) ++at;
      if (at >= end_ || *at < 0x80) return at;
      const Char c = look_wide(at);
      if ((c.bits & bits) == 0) return at;
      at += c.bytes;
    }
  }

 private:
  Char look_wide(const Byte* at) const {
    const std::size_t left = static_cast<std::size_t>(end_ - at);
    const std::size_t bytes = *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : 2;
    if (*at < 0xC2 || *at > 0xF4 || left < bytes) return {kOther, 1};
    char32_t c = *at & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) c = c << 6 | (at[i] & 0x3Fu);
    if (c >= 0x110000) return {kOther, 1};
    return {table_->of(c), bytes};
  }

  const Byte* end_;
  const ClassTable* table_;
};

/// Bytes of a contraction ('s 't 'm 'd 're 've 'll) that begins at this apostrophe, or 0.
inline std::size_t contraction_bytes(const Byte* at, const Byte* end, bool any_case) {
  const unsigned fold = any_case ? 0x20u : 0u;
  const auto letter = [&](std::size_t i) { return static_cast<std::size_t>(end - at) > i ? (at[i] | fold) : 0u; };
  const unsigned first = letter(1);
  const unsigned second = letter(2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if ((first == 'r' || first == 'v') && second == 'e') return 3;
  if (first == 'l' && second == 'l') return 3;
  // U+017F, the long s, is an s when case does not count.
  if (any_case && end - at > 2 && at[1] == 0xC5 && at[2] == 0xBF) return 3;
  return 0;
}

/// The first byte of the last character before `end`.
inline const Byte* last_character(const Byte* begin, const Byte* end) {
  --end;
  while (end > begin && (*end & 0xC0) == 0x80) --end;
  return end;
}

/// `\s+(?!\S)|\s+` over the white space [at, run_end): all of it at the end of the text; else all but its last character, which
/// belongs to what follows (and is a pre-token of its own if nothing wants it).
inline const Byte* white_space_end(const Text& text, const Byte* at, const Byte* run_end) {
  if (run_end == text.end()) return run_end;
  const Byte* const last = last_character(at, run_end);
  return last == at ? run_end : last;
}

/// Past the last CR or LF in [at, end), or `at` when there is none.
inline const Byte* past_last_newline(const Byte* at, const Byte* end) {
  while (end > at && end[-1] != '\r' && end[-1] != '\n') --end;
  return end;
}

/// gpt2, r50k_base.
struct Gpt2 {
  static const Byte* next(const Text& text, const Byte* at) {
    if (*at == '\'') {
      if (const std::size_t bytes = contraction_bytes(at, text.end(), false)) return at + bytes;
    }
    const Byte* const word = *at == ' ' ? at + 1 : at;
    const Char c = text.look(word);
    if ((c.bits & kLetter) != 0) return text.skip(word + c.bytes, kLetter);
    if ((c.bits & kNumber) != 0) return text.skip(word + c.bytes, kNumber);
    if ((c.bits & kSymbol) != 0) return text.skip(word + c.bytes, kSymbol);
    return white_space_end(text, at, text.skip(at, kWhite));
  }
};

/// Past up to `most` numbers.
inline const Byte* skip_numbers(const Text& text, const Byte* at, unsigned most) {
  for (unsigned i = 0; i < most; ++i) {
    const Char c = text.look(at);
    if ((c.bits & kNumber) == 0) break;
    at += c.bytes;
  }
  return at;
}

/// What the patterns from cl100k on have in common once letters and numbers are excluded at `at`: ` ?[^\s\p{L}\p{N}]+` with what may
/// trail it, white space up to its last newline, other white space.
template <bool kSlashTrails, bool kWhiteSpaceToTheEnd>
const Byte* symbols_or_white_space(const Text& text, const Byte* at) {
  const Byte* const symbol = *at == ' ' ? at + 1 : at;
  const Char c = text.look(symbol);
  if ((c.bits & kSymbol) != 0) {
    const Byte* end = text.skip(symbol + c.bytes, kSymbol);
    while (end < text.end() && (*end == '\r' || *end == '\n' || (kSlashTrails && *end == '/'))) ++end;
    return end;
  }
  const Byte* const run_end = text.skip(at, kWhite);
  if (kWhiteSpaceToTheEnd && run_end == text.end()) return run_end;
  if (const Byte* const end = past_last_newline(at, run_end); end != at) return end;
  return white_space_end(text, at, run_end);
}

/// llama3, cl100k_base, qwen2: they differ in how many numbers go together and in white space at the end of the text.
template <unsigned kMostNumbers, bool kWhiteSpaceToTheEnd>
struct Cl100kLike {
  static const Byte* next(const Text& text, const Byte* at) {
    if (*at == '\'') {
      if (const std::size_t bytes = contraction_bytes(at, text.end(), true)) return at + bytes;
    }
    const Char c = text.look(at);
    if ((c.bits & kLetter) != 0) return text.skip(at + c.bytes, kLetter);
    if ((c.bits & kNumber) != 0) return skip_numbers(text, at + c.bytes, kMostNumbers - 1);
    if ((c.bits & kNewline) == 0) {  // one character that is no letter may lead a word
      const Char second = text.look(at + c.bytes);
      if ((second.bits & kLetter) != 0) return text.skip(at + c.bytes + second.bytes, kLetter);
    }
    return symbols_or_white_space<false, kWhiteSpaceToTheEnd>(text, at);
  }
};

using Cl100k = Cl100kLike<3, true>;
using Llama3 = Cl100kLike<3, false>;
using Qwen2 = Cl100kLike<1, false>;

/// o200k_base. With U = upper or title case, L = lower case, X = letters without case and marks, a word is [UX]*[LX]+ if it can be,
/// else [UX]+[LX]*.
struct O200k {
  static const Byte* next(const Text& text, const Byte* at) {
    const Char c = text.look(at);
    if ((c.bits & kNumber) != 0) return skip_numbers(text, at + c.bytes, 2);
    if ((c.bits & kLetter) != 0) return with_contraction(text, word_end(text, at).end);
    if ((c.bits & kNewline) == 0) {
      const Word word = word_end(text, at + c.bytes);
      // A mark leads a word only if that word ends low; else it is itself such a word, X alone.
      if (word.ends_low) return with_contraction(text, word.end);
      if ((c.bits & kMark) != 0) return with_contraction(text, at + c.bytes);
      if (word.end != at + c.bytes) return with_contraction(text, word.end);
    }
    return symbols_or_white_space<true, false>(text, at);
  }

 private:
  struct Word {
    const Byte* end;
    bool ends_low;  ///< [UX]*[LX]+ matched
  };

  /// The word at `at`, of no bytes when there is none.
  static Word word_end(const Text& text, const Byte* at) {
    const Byte* past_uncased = nullptr;
    for (Char c = text.look(at); (c.bits & kUpperish) != 0; c = text.look(at)) {
      at += c.bytes;
      if ((c.bits & kUpper) == 0) past_uncased = at;
    }
    const Byte* const end = text.skip(at, kLowerish);
    if (end != at) return {end, true};
    // No lower-case letter follows, so [LX]+ can only be the last X of the run; upper-case letters after it are left out.
    if (past_uncased != nullptr) return {past_uncased, true};
    return {at, false};
  }

  static const Byte* with_contraction(const Text& text, const Byte* end) {
    return end < text.end() && *end == '\'' ? end + contraction_bytes(end, text.end(), true) : end;
  }
};

/// PreTokenizer::cut, one pre-token after the other.
template <class Scanner>
std::size_t cut(std::string_view text, std::size_t& at, std::span<std::size_t> ends) {
  const auto* const begin = reinterpret_cast<const Byte*>(text.data());
  const Text all(begin + text.size());
  const Byte* p = begin + at;
  std::size_t n = 0;
  while (n < ends.size() && p < all.end()) {
    p = Scanner::next(all, p);
    ends[n++] = static_cast<std::size_t>(p - begin);
  }
  at = static_cast<std::size_t>(p - begin);
  return n;
}

}  // namespace quern::scan
