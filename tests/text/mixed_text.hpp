#pragma once
// Seeded random text of characters of every width, in runs, so that they cross the edges of blocks at every place.

#include "quern/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace quern::test {

class MixedText {
 public:
  explicit MixedText(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  /// Valid UTF-8 of `bytes` bytes, or of up to three more where a character does not end there. Every second one is mostly ASCII.
  std::string next(std::size_t bytes) {
    // Letters, marks, numbers, punctuation; U+2000..U+203F and what stands beside it; scripts without spaces; controls.
    static constexpr std::u32string_view kAlphabet =
        U"aZz@[`{_09/:. \n\t\0\x7F\u00E9\u00C9\u00B2\u00A0\u0301\u023A\u0660\u0915\u093F\u0F0B\u0F71\u1FFF\u2000\u2010\u2013\u2014\u2018\u2019"
        U"\u201C\u201D\u2022\u2026\u2028\u200B\u200D\u203F\u2040\u2070\u2071\u20AC\u2126\u212A\u2C65\u6F22\u30AB\u30FC\u3002\u0E17\u0E35\u0E48"
        U"\uD55C\uFEFF\uFFFD\U0001F600\U00020BB7\U0010FFFD";
    const std::uint64_t rare = below(2) == 0 ? 8 : 1 + below(3);
    std::string text;
    while (text.size() < bytes) {
      const char32_t c = below(rare) == 0 ? kAlphabet[below(kAlphabet.size())] : static_cast<char32_t>(' ' + below(95));
      for (std::uint64_t times = below(20) == 0 ? 1 + below(40) : 1; times > 0 && text.size() < bytes; --times) append_utf8(text, c);
    }
    return text;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace quern::test
