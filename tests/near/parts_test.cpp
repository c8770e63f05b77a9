// The parts the near step is made of, each by itself.

#include "near/radix_sort.hpp"
#include "near/shingle_sets.hpp"
#include "quern/base/bit_rank.hpp"
#include "quern/base/hash.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

TEST(BitRank, CountsTheNumbersBelowAnother) {
  const std::vector<std::uint64_t> numbers = {1000, 1001, 1063, 1064, 1200, 1255};
  const BitRank rank(numbers, 1000, 256);
  std::uint64_t below = 0;
  for (std::uint64_t number = 1000; number <= 1256; ++number) {
    EXPECT_EQ(rank.count_below(number - 1000), below) << number;
    const bool is_one = std::count(numbers.begin(), numbers.end(), number) > 0;
    EXPECT_EQ(rank.has(number - 1000), is_one) << number;
    below += is_one ? 1u : 0u;
  }
  EXPECT_EQ(rank.count_below(1u << 20), numbers.size());
  EXPECT_EQ(BitRank().count_below(5), 0u);
}

TEST(RadixSort, IsAStableSortOfAnyNumbers) {
  for (const int bits : {0, 1, 11, 12, 22, 48, 64}) {
    std::vector<std::pair<std::uint64_t, int>> rows;
    for (int i = 0; i < 3000; ++i) rows.emplace_back(bits == 0 ? 0 : mix64(static_cast<std::uint64_t>(i % 1000)) >> (64 - bits), i);
    auto expected = rows;
    std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    radix_sort(rows, [](const auto& row) { return row.first; });
    EXPECT_EQ(rows, expected) << bits;
  }
}

/// Text r has the shingles r, r + 1, ..., 2r; counts how often it is asked.
class CountedTexts final : public NearTexts {
 public:
  bool next_batch(SignatureBatch&) override { return false; }
  void rewind() override {}
  Sketch sketch(const SpoolRef&) override { return {}; }
  void shingles(const SpoolRef& ref, std::vector<std::uint64_t>& to) override {
    ++asked;
    to.clear();
    for (std::uint64_t s = ref.row; s <= 2 * ref.row; ++s) to.push_back(s);
  }
  int asked = 0;
};

SpoolRef text(std::uint32_t row) { return {.block = 0, .segment = 0, .row = row}; }

TEST(ShingleSets, AreMadeOnceWhileTheyFit) {
  CountedTexts texts;
  ShingleSets sets(texts, 1 << 20);
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t row = 1; row < 100; ++row) {
      const auto set = sets.of(text(row));
      ASSERT_EQ(set->size(), row + 1);
      ASSERT_EQ(set->front(), row);
    }
  }
  EXPECT_EQ(texts.asked, 99);
}

TEST(ShingleSets, ThatDoNotFitAreMadeAgainAndStayWhileTheyAreHeld) {
  CountedTexts texts;
  ShingleSets sets(texts, 2000);
  const auto held = sets.of(text(50));
  for (std::uint32_t row = 1; row < 100; ++row) EXPECT_EQ(sets.of(text(row))->size(), row + 1);
  EXPECT_EQ(sets.of(text(1000))->size(), 1001u);  // above the whole bound
  EXPECT_EQ(held->back(), 100u);
  const int before = texts.asked;
  EXPECT_EQ(*sets.of(text(50)), *held);
  EXPECT_EQ(texts.asked, before + 1);
}

}  // namespace
}  // namespace quern
