// Every kernel gives the same statistics, places and repetition figures: on hostile text, at each length and alignment, on real text.

#include "plain_repetition.hpp"
#include "filter/kernels/bit_places.hpp"
#include "quern/base/kernel.hpp"
#include "quern/filter/repetition.hpp"
#include "quern/filter/statistics.hpp"
#include "quern/filter/token_places.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace quern;

namespace {

/// A text whose first byte stands `alignment` bytes behind a multiple of 64, and behind whose last one nothing may be read.
class Placed {
 public:
  Placed(std::string_view text, std::size_t alignment)
      : memory_(static_cast<char*>(::operator new(alignment + text.size(), std::align_val_t{64}))),
        alignment_(alignment),
        size_(text.size()) {
    text.copy(memory_.get() + alignment, text.size());
  }
  std::string_view text() const { return {memory_.get() + alignment_, size_}; }

 private:
  struct Free {
    void operator()(char* memory) const { ::operator delete(memory, std::align_val_t{64}); }
  };
  std::unique_ptr<char, Free> memory_;
  std::size_t alignment_, size_;
};

std::vector<std::string> words_at(std::string_view text, const TokenPlaces& places) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < places.count; ++i) words.emplace_back(text.substr(places.begins[i], places.ends[i] - places.begins[i]));
  return words;
}

std::vector<std::uint32_t> newlines_in(std::string_view text) {
  std::vector<std::uint32_t> newlines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') newlines.push_back(static_cast<std::uint32_t>(i));
  }
  return newlines;
}

/// What a walk finds, with each kernel, alone and along with statistics.
void expect_the_same(std::string_view text) {
  const TextStatistics statistics = count_statistics_plainly(text);
  const std::vector<std::string> words = plain::words_by_definition(text);
  for (const Kernel kernel : available_kernels()) {
    TokenPlaces alone, along;
    find_tokens(text, alone, kernel);
    ASSERT_EQ(count_statistics(text, kernel), statistics) << name(kernel) << ": " << testing::PrintToString(text);
    ASSERT_EQ(count_statistics(text, along, kernel), statistics) << name(kernel) << ": " << testing::PrintToString(text);
    for (const TokenPlaces* places : {&alone, &along}) {
      ASSERT_EQ(words_at(text, *places), words) << name(kernel) << ": " << testing::PrintToString(text);
      ASSERT_EQ(places->chars, statistics.chars);
      const auto last = places->newlines.begin() + static_cast<std::ptrdiff_t>(places->newline_count);
      ASSERT_EQ(std::vector<std::uint32_t>(places->newlines.begin(), last), newlines_in(text)) << name(kernel);
    }
  }
}

void expect_the_same_counts(std::string_view text, const RepetitionCounts& counts) {
  for (const Kernel kernel : available_kernels()) {
    ASSERT_EQ(RepetitionCounter(kernel).count(text), counts) << name(kernel) << ": " << testing::PrintToString(text.substr(0, 2000));
  }
}

/// Any bytes, mended: characters of all widths and classes, cut anywhere.
std::string hostile_text(std::mt19937_64& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    switch (random() % 4) {
      case 0: text += static_cast<char>(random()); break;
      case 1: text += static_cast<char>(random() % 128); break;
      case 2: text += " \n-.'#/,:a1"[random() % 11]; break;
      default: {
        constexpr std::string_view kWide[] = {"\u00E9", "\u6F22", "\U0001F600", "\u2026", "\u2022", "\u00A0", "\u3000", "\u0301"};
        text += kWide[random() % 8];
      }
    }
  }
  text.resize(bytes);
  repair_utf8(text);
  while (text.size() > bytes) text.pop_back();  // a replacement is longer than what it replaces
  const std::size_t whole = first_invalid_utf8(text);
  text.replace(whole, text.size() - whole, std::string(text.size() - whole, '~'));
  return text;
}

/// Standard output of a command; empty if it fails.
std::string output_of(const std::string& command) {
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>/dev/null").c_str(), "r"), pclose);
  char buffer[65536];
  for (std::size_t n = 0; pipe && (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) output.append(buffer, n);
  return output;
}

}  // namespace

TEST(FilterKernels, PutTheSamePlaces) {
  std::mt19937_64 random(41);
  std::size_t tried = 0;
  for (int i = 0; i < 20'000; ++i, ++tried) {
    std::uint64_t bits = random();
    for (int k = i % 5; k > 0; --k) bits &= random();
    if (i < 65) bits = i == 64 ? ~std::uint64_t{0} : std::uint64_t{1} << i;
    if (i == 65) bits = 0;
    std::vector<std::uint32_t> expected;
    for (std::uint32_t bit = 0; bit < 64; ++bit) {
      if ((bits >> bit & 1) != 0) expected.push_back(1000 + bit);
    }
    for (const Kernel kernel : available_kernels()) {
      std::vector<std::uint32_t> places(kPlacesRoom);
      places.resize(put_places(kernel)(bits, 1000, places.data()));
      ASSERT_EQ(places, expected) << name(kernel);
    }
  }
  EXPECT_EQ(tried, 20'000u);
}

TEST(FilterKernels, AgreeAtEachLengthAndAlignment) {
  std::mt19937_64 random(42);
  std::size_t tried = 0;
  for (std::size_t length = 0; length <= 200; ++length) {
    for (std::size_t alignment = 0; alignment < 64 && !HasFatalFailure(); ++alignment, ++tried) {
      const std::string text = hostile_text(random, length);
      ASSERT_EQ(text.size(), length);
      expect_the_same(Placed(text, alignment).text());
    }
  }
  EXPECT_EQ(tried, 201u * 64);
}

TEST(FilterKernels, CountTheSameRepetitionAtEachLengthAndAlignment) {
  std::mt19937_64 random(43);
  std::size_t tried = 0;
  for (std::size_t length = 0; length <= 200; ++length) {
    for (std::size_t alignment = length % 8; alignment < 64 && !HasFatalFailure(); alignment += 8, ++tried) {
      // A short stretch said again and again: hashes alone would not tell such texts apart.
      const std::string said = hostile_text(random, 1 + random() % 30);
      std::string text;
      while (text.size() + said.size() <= length) text += random() % 4 == 0 ? std::string(said.size(), 'x') : said;
      text += std::string(length - text.size(), 'y');
      const Placed placed(text, alignment);
      expect_the_same_counts(placed.text(), plain::count_by_definition(text));
    }
  }
  EXPECT_EQ(tried, 201u * 8);
}

TEST(FilterKernels, AgreeOnCharactersAcrossTheEdgesOfBlocks) {
  std::size_t tried = 0;
  for (const std::string_view wide : {"\u00E9", "\u6F22", "\U0001F600", "\u2026", "\u2022", "\u00A0", "\u3000", "\u0301", "\u2028"}) {
    for (const std::string_view filler : {"a", " ", "-", ".", "\n", "ab ", "\u00E9", "\U0001F600"}) {
      for (std::size_t before = 56; before < 72 && !HasFatalFailure(); ++before, ++tried) {
        std::string text;
        while (text.size() < before) text += filler;
        for (int i = 0; i < 3; ++i) text += wide;
        while (text.size() < 140) text += filler;
        expect_the_same(Placed(text, before % 64).text());
        expect_the_same_counts(text, plain::count_by_definition(text));
      }
    }
  }
  EXPECT_EQ(tried, 9u * 8 * 16);
}

TEST(FilterKernels, AgreeOnRealText) {
  std::size_t texts = 0, by_definition = 0;
  for (const char* const file : {"books/raw/1342-0.txt.zst", "books/raw/16215-8.txt.zst", "multilingual/pages-00000-of-00004.jsonl.zst",
                                 "web-docs-en/docs-00003-of-00009.jsonl.zst"}) {
    std::string all = output_of("zstd -dcq " QUERN_SHARED_DATA "/" + std::string(file));
    if (all.empty()) {
      std::printf("no %s/%s, or no zstd to read it: this is left out\n", QUERN_SHARED_DATA, file);
      continue;
    }
    all.resize(std::min<std::size_t>(all.size(), 2'000'000));
    repair_utf8(all);
    for (std::size_t at = 0; at < all.size() && !HasFatalFailure(); ++texts) {
      std::size_t end = std::min(all.size(), at + 1000 + texts % 17 * 1000);
      while (end < all.size() && (static_cast<unsigned char>(all[end]) & 0xC0) == 0x80) ++end;
      const std::string_view text = std::string_view(all).substr(at, end - at);
      expect_the_same(text);
      const bool small = text.size() < 4000;
      by_definition += small;
      expect_the_same_counts(text, small ? plain::count_by_definition(text) : RepetitionCounter(Kernel::scalar).count(text));
      at = end;
    }
  }
  if (texts > 0) {
    EXPECT_GT(by_definition, 100u);
  }
}
