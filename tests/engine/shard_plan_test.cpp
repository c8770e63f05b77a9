#include "engine/shard_plan.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

std::vector<std::uint64_t> every_third(std::uint64_t shards) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t s = 1; s < shards; s += 3) numbers.push_back(s);
  return numbers;
}

TEST(ShardPlan, GivesEachMissingShardToOneRankInOrderAndInEqualShares) {
  std::size_t plans = 0;
  for (const std::uint64_t shards : {1u, 2u, 7u, 40u, 100u}) {
    for (const std::size_t ranks : {1u, 2u, 3u, 5u, 64u}) {
      const std::vector<std::uint64_t> missing = every_third(shards);
      const ShardPlan plan({shards * 10, 10}, missing, ranks);
      std::vector<std::uint64_t> dealt;
      std::size_t least = SIZE_MAX, most = 0;
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        const auto mine = plan.of(rank);
        dealt.insert(dealt.end(), mine.begin(), mine.end());
        least = std::min(least, mine.size());
        most = std::max(most, mine.size());
      }
      EXPECT_EQ(dealt, missing);
      EXPECT_LE(most - least, 1u);
      ++plans;
    }
  }
  EXPECT_EQ(plans, 25u);
}

TEST(ShardPlan, KnowsWhoNeedsTokensAsSearchDoes) {
  std::size_t ranges = 0;
  for (const std::size_t ranks : {1u, 2u, 3u, 5u, 9u}) {
    const ShardPlan plan({105, 10}, every_third(11), ranks);
    for (std::uint64_t first = 0; first < 105; ++first) {
      for (std::uint64_t end = first; end <= 105; ++end) {
        const ShardPlan::Ranks found = plan.readers_of(first, end);
        for (std::size_t rank = 0; rank < ranks; ++rank) {
          bool wanted = false, within = false;
          for (const std::uint64_t shard : plan.of(rank)) wanted |= first < end && plan.cut().first(shard) < end && first < plan.cut().end(shard);
          within = rank >= found.first && rank < found.end;
          // Between two ranks that need a unit there may be one that writes nothing, never one that needs none of it.
          EXPECT_EQ(within && !plan.of(rank).empty(), wanted) << first << " to " << end << ", rank " << rank << " of " << ranks;
        }
        ++ranges;
      }
    }
  }
  EXPECT_GT(ranges, 20'000u);
}

TEST(ShardPlan, OfNothingMissingHasNothingToDo) {
  const ShardPlan plan({100, 10}, {}, 3);
  EXPECT_TRUE(plan.of(0).empty());
  EXPECT_EQ(plan.readers_of(0, 100).end, 0u);
}

}  // namespace
}  // namespace quern
