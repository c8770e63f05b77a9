#include "engine/token_units.hpp"
#include "mpi_test.hpp"

#include <gtest/gtest.h>

#include <random>

namespace quern {
namespace {

using test::world;

/// Units of all ranks, each with some records.
struct Corpus {
  Records records;
  std::vector<UnitPlace> units;
  std::vector<std::uint64_t> first_token;  ///< [units + 1]

  Corpus() {
    std::mt19937 random(7);
    first_token.push_back(0);
    for (std::uint64_t u = 0; u < 60; ++u) {
      UnitPlace place;
      place.unit = u;
      place.records = random() % 5;  // some have none
      first_token.push_back(first_token.back());
      for (std::uint64_t r = 0; r < place.records; ++r) {
        records.verdict.push_back(random() % 3 == 0 ? Verdict::removed : Verdict::kept);
        records.tokens.push_back(static_cast<std::uint32_t>(random() % 40));
        if (records.verdict.back() == Verdict::kept) first_token.back() += records.tokens.back() + 1;
      }
      units.push_back(place);
    }
  }
  std::uint64_t n_tokens() const { return first_token.back(); }
  std::size_t first_record_of(std::size_t unit) const {
    std::size_t first = 0;
    for (std::size_t u = 0; u < unit; ++u) first += units[u].records;
    return first;
  }
};

/// Whether [first, end) has a token of a shard of this rank.
bool wants(const ShardPlan& plan, std::uint64_t first, std::uint64_t end) {
  bool found = false;
  for (const std::uint64_t shard : plan.of(static_cast<std::size_t>(world().rank()))) {
    found |= first < end && plan.cut().first(shard) < end && first < plan.cut().end(shard);
  }
  return found;
}

void expect_what_it_wants(const Corpus& all, const ShardPlan& plan, std::size_t& received) {
  const auto ranks = static_cast<std::size_t>(world().size()), rank = static_cast<std::size_t>(world().rank());
  const std::size_t first = all.units.size() * rank / ranks, end = all.units.size() * (rank + 1) / ranks;
  Records mine;
  for (std::size_t i = all.first_record_of(first); i < all.first_record_of(end); ++i) {
    mine.verdict.push_back(all.records.verdict[i]);
    mine.tokens.push_back(all.records.tokens[i]);
  }
  const TokenUnits got = token_units(mine, std::span(all.units).subspan(first, end - first), all.first_token[first], plan, world());
  std::size_t next = 0, verdict = 0;
  for (std::size_t u = 0; u < all.units.size(); ++u) {
    if (!wants(plan, all.first_token[u], all.first_token[u + 1])) continue;
    ASSERT_LT(next, got.units.size());
    const TokenUnit& unit = got.units[next++];
    EXPECT_EQ(unit.place.unit, u);
    EXPECT_EQ(unit.first_token, all.first_token[u]);
    EXPECT_EQ(unit.tokens, all.first_token[u + 1] - all.first_token[u]);
    for (std::uint64_t r = 0; r < unit.place.records; ++r) EXPECT_EQ(got.verdicts.at(verdict++), all.records.verdict[all.first_record_of(u) + r]);
  }
  EXPECT_EQ(next, got.units.size());
  EXPECT_EQ(verdict, got.verdicts.size());
  received += next;
}

TEST(TokenUnits, ReachTheRanksThatWriteTheirShardsInOrder) {
  const Corpus all;
  std::size_t received = 0;
  for (const std::uint64_t shard_tokens : {std::uint64_t{11}, std::uint64_t{100}, std::uint64_t{1000}, all.n_tokens()}) {
    const ShardCut cut{all.n_tokens(), shard_tokens};
    std::vector<std::uint64_t> every, some;
    for (std::uint64_t s = 0; s < cut.shards(); ++s) {
      every.push_back(s);
      if (s % 3 != 1) some.push_back(s);
    }
    for (const auto& missing : {every, some, std::vector<std::uint64_t>{}}) {
      expect_what_it_wants(all, ShardPlan(cut, missing, static_cast<std::size_t>(world().size())), received);
    }
  }
  EXPECT_GT(world().sum(received), 100u);
}

}  // namespace
}  // namespace quern
