#pragma once
// Seeded random text of the kind on which pre-tokenizers disagree.

#include "quern/base/hash.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

class NastyText {
 public:
  explicit NastyText(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t n) { return mix64(++state_ * 0x9E3779B97F4A7C15u) % n; }

  /// Up to `most` pieces: letters of every case and width, marks, numbers, white space, newlines, apostrophes, symbols, in runs.
  std::string next(std::size_t most) {
    static constexpr std::array<std::string_view, 77> kPieces = {
        "a", "b", "s", "S", "t", "T", "m", "D", "re", "RE", "vE", "ll", "LL", "ſ", "'", "'", "'", "’", "1", "2", "3", "Ⅷ", "½", "٣", "𝟗",
        " ", " ", " ", "  ", "\n", "\n", "\r", "\r\n", "\t", "\v", "\xC2\x85", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\xA8",
        "\xE2\x80\x8B", "\xEF\xBB\xBF", "\x1C", "!", ".", "-", "/", "//", "_", "(", "$", "€", "😀", "é", "É", "\xCC\x81", "\xCC\xA7", "ß",
        "Я", "я", "漢", "字", "カ", "ー", "ʰ", "ǅ", "ª", "ا", "\xD9\x8B", "क", "\xE0\xA5\x8D", "한", "\xE1\x84\x80", "𝐀", "𝐚", "🏽", "Ⓐ",
        "\x7F"};
    std::string text;
    for (std::uint64_t n = 1 + below(most); n > 0; --n) {
      const std::string_view piece = kPieces[below(kPieces.size())];
      for (std::uint64_t times = below(10) == 0 ? 1 + below(6) : 1; times > 0; --times) text += piece;
    }
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace quern
