#include "tokenize/pair_table.hpp"

#include "tokenize/min_tree.hpp"
#include "tokenize/nasty_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace quern {
namespace {

TEST(PairTable, FindsExactlyThePairsThatWereSet) {
  constexpr std::uint32_t kSide = 100;
  PairTable table(kSide * kSide / 2);
  const auto is_set = [](std::uint32_t left, std::uint32_t right) { return (left * 7 + right * 3) % 5 < 2; };
  for (std::uint32_t left = 0; left < kSide; ++left) {
    for (std::uint32_t right = 0; right < kSide; ++right) {
      if (is_set(left, right)) table.set(left, right, left * kSide + right);
    }
  }
  std::size_t found = 0;
  for (std::uint32_t left = 0; left < kSide; ++left) {
    for (std::uint32_t right = 0; right < kSide; ++right) {
      const std::uint32_t rank = table.rank(left, right);
      ASSERT_EQ(rank, is_set(left, right) ? left * kSide + right : kNoRank) << left << " " << right;
      found += rank != kNoRank ? 1 : 0;
    }
  }
  EXPECT_EQ(found, 4000u);
}

TEST(PairTable, NeighboursInASmallTableAreToldApart) {
  NastyText random(2);
  std::size_t compared = 0;
  for (int round = 0; round < 200; ++round) {
    PairTable table(3);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> expected;
    for (std::uint32_t rank = 0; rank < 3; ++rank) {
      const auto left = static_cast<std::uint32_t>(random.below(8));
      const auto right = static_cast<std::uint32_t>(random.below(8));
      table.set(left, right, rank);
      expected[{left, right}] = rank;
    }
    for (std::uint32_t pair = 0; pair < 64; ++pair) {
      const auto found = expected.find({pair / 8, pair % 8});
      ASSERT_EQ(table.rank(pair / 8, pair % 8), found == expected.end() ? kNoRank : found->second);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 12800u);
}

TEST(PairTable, TakesTheGreatestIdsAndRanks) {
  PairTable table(2);
  table.set(kMaxTokenId, kMaxTokenId, kNoRank - 1);
  table.set(0, 0, 0);
  EXPECT_EQ(table.rank(kMaxTokenId, kMaxTokenId), kNoRank - 1);
  EXPECT_EQ(table.rank(0, 0), 0u);
  EXPECT_EQ(table.rank(kMaxTokenId, 0), kNoRank);
  table.set(0, 0, 5);
  EXPECT_EQ(table.rank(0, 0), 5u);
  EXPECT_EQ(PairTable(0).rank(1, 2), kNoRank);
}

TEST(MinTree, FindsTheLeftmostLeastWhateverTheSize) {
  NastyText random(1);
  MinTree tree;
  std::size_t compared = 0;
  for (const std::size_t size : {1u, 15u, 16u, 17u, 256u, 257u, 3000u, 5000u, 2u}) {
    tree.assign(size, 1000);
    std::vector<std::uint32_t> numbers(size, 1000);
    for (std::size_t i = 0; i < size; i += 2) tree.numbers()[i] = numbers[i] = static_cast<std::uint32_t>(random.below(1000));
    tree.build();
    for (int i = 0; i < 300; ++i) {
      const auto least = std::min_element(numbers.begin(), numbers.end());
      ASSERT_EQ(tree.least(), *least);
      ASSERT_EQ(tree.leftmost_least(), static_cast<std::size_t>(least - numbers.begin()));
      const std::size_t at = random.below(size);
      numbers[at] = static_cast<std::uint32_t>(random.below(50) == 0 ? random.below(1000) : 1000);
      tree.set(at, numbers[at]);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 2700u);
}

}  // namespace
}  // namespace quern
