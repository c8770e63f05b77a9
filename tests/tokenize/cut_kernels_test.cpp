// The kernels that cut text into pre-tokens, against the scanners.

#include "quern/tokenize/pre_tokenizer.hpp"
#include "tokenize/nasty_text.hpp"
#include "tokenize/rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace quern {
namespace {

constexpr std::array kPatterns = {Pattern::gpt2, Pattern::cl100k, Pattern::llama3, Pattern::o200k, Pattern::qwen2};

/// All ends of text from `at`, cut with room for `room` at a time.
std::vector<std::size_t> ends_of(const PreTokenizer& pre_tokenizer, std::string_view text, std::size_t at, std::size_t room) {
  std::vector<std::size_t> ends;
  std::vector<std::size_t> some(room);
  while (at < text.size()) {
    const std::size_t n = pre_tokenizer.cut(text, at, some);
    if (n == 0 || n > room || some[n - 1] != at) throw std::logic_error("cut() did not move on to its last end");
    ends.insert(ends.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(n));
  }
  return ends;
}

/// Compares every kernel and pattern with the scanner on this text, at these places of memory. Returns how many were compared.
int compare(std::string_view text, std::size_t room = 300, std::size_t at = 0) {
  int compared = 0;
  for (const Pattern pattern : kPatterns) {
    const auto expected = ends_of(PreTokenizer(pattern, Kernel::scalar), text, at, 300);
    for (const Kernel kernel : available_kernels()) {
      if (kernel == Kernel::scalar) continue;
      EXPECT_EQ(ends_of(PreTokenizer(pattern, kernel), text, at, room), expected)
          << "pattern " << static_cast<int>(pattern) << ", " << name(kernel) << ": " << testing::PrintToString(text);
      ++compared;
    }
  }
  return compared;
}

/// Most machines of today have at least one kernel besides the scanners; one without has nothing to compare.
bool has_kernels() {
  if (available_kernels().size() > 1) return true;
  std::puts("no kernel besides scalar on this machine: nothing to compare");
  return false;
}

/// Hard pieces among plain words, so that the hard ones stand at every place of a block.
std::string mixed(NastyText& texts, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += texts.next(6);
    if (texts.below(3) == 0) text += std::string(texts.below(60), "a b1 漢"[texts.below(5)]);
  }
  return text;
}

/// Valid UTF-8 again after cutting it off somewhere.
std::string first_bytes(std::string text, std::size_t bytes) {
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
  text.resize(std::min(bytes, text.size()));
  return text;
}

TEST(CutKernels, CutAsTheScannersOnSeededHostileText) {
  if (!has_kernels()) return;
  NastyText texts(31);
  int compared = 0;
  for (int i = 0; i < rounds(12000) && !HasFailure(); ++i) compared += compare(mixed(texts, 60 + texts.below(340)));
  EXPECT_GT(compared, rounds(12000));
}

TEST(CutKernels, CutEveryLengthAndAlignmentAlike) {
  if (!has_kernels()) return;
  NastyText texts(32);
  int compared = 0;
  for (std::size_t length = 0; length <= 200 && !HasFailure(); ++length) {
    for (std::size_t alignment = 0; alignment < 64; alignment += rounds(8) == 8 ? 1 : 7) {
      // Exactly as long as the text: a sanitizer sees a byte too far.
      const std::string text = first_bytes(mixed(texts, length + 1), length);
      const std::vector<char> exact = [&] {
        std::vector<char> bytes(alignment, 'x');
        bytes.insert(bytes.end(), text.begin(), text.end());
        bytes.shrink_to_fit();
        return bytes;
      }();
      compared += compare({exact.data() + alignment, text.size()});
    }
  }
  EXPECT_GT(compared, 200 * 5 * 9);
}

TEST(CutKernels, CutTheSameFromAnyStartAndWithAnyRoom) {
  if (!has_kernels()) return;
  NastyText texts(33);
  int compared = 0;
  for (int i = 0; i < rounds(300) && !HasFailure(); ++i) {
    const std::string text = mixed(texts, 900);
    for (const Pattern pattern : kPatterns) {
      const PreTokenizer scanner(pattern, Kernel::scalar);
      const std::size_t start = scanner.next(text, 0);
      for (const std::size_t room : {1u, 71u, 72u, 73u, 80u, 128u, 1000u}) compared += compare(text, room, start);
    }
  }
  EXPECT_GT(compared, rounds(300));
}

TEST(CutKernels, CutLongRunsAlike) {
  if (!has_kernels()) return;
  static constexpr std::array<std::string_view, 24> kUnits = {
      "a", " ", "\n", "\r", "\t", "'", "'s", "'S", "1", "½", ".", "漢", "é", "\xE3\x80\x80", "\xC2\xA0", "😀", "𝟗", "\xCC\x81",
      "A", "/", "ſ", "'ſ", "'re", "\n "};
  NastyText texts(34);
  int compared = 0;
  for (int i = 0; i < rounds(4000) && !HasFailure(); ++i) {
    std::string text;
    for (int run = 0; run < 5; ++run) {
      const std::string_view unit = kUnits[texts.below(kUnits.size())];
      for (std::uint64_t times = 1 + texts.below(texts.below(4) == 0 ? 150 : 5); times > 0; --times) text += unit;
    }
    compared += compare(text);
  }
  EXPECT_GT(compared, rounds(4000));
}

TEST(CutKernels, CutBytesThatAreNotUtf8AsTheScannersDo) {
  if (!has_kernels()) return;
  NastyText texts(35);
  static constexpr std::array<std::string_view, 14> kBroken = {
      "\x80", "\xBF\x80", "\xC0\x80", "\xC1", "\xC3", "\xE3\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5", "\xFF",
      "\xF0\x9F\x98", "\xF0\x80\x80\x80", "\xF8\x80\x80\x80\x80"};
  int compared = 0;
  for (int i = 0; i < rounds(4000) && !HasFailure(); ++i) {
    std::string text = mixed(texts, 60 + texts.below(300));
    for (std::uint64_t n = 1 + texts.below(3); n > 0; --n) {
      const std::size_t at = texts.below(text.size() + 1);
      text.insert(at, kBroken[texts.below(kBroken.size())]);
    }
    compared += compare(text);
  }
  for (int i = 0; i < rounds(2000) && !HasFailure(); ++i) {
    std::string text;
    for (std::uint64_t n = texts.below(300); n > 0; --n) text += static_cast<char>(texts.below(256));
    compared += compare(text);
  }
  EXPECT_GT(compared, rounds(6000));
}

}  // namespace
}  // namespace quern
