#include "quern/base/error.hpp"
#include "quern/comm/exchange.hpp"
#include "quern/comm/unit_queue.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

TEST(SingleRankWorld, IsAWorldOfOneWithoutMpi) {
  const auto world = single_rank_world();
  EXPECT_EQ(world->size(), 1);
  EXPECT_TRUE(world->is_root());
  EXPECT_EQ(world->native(), nullptr);
  EXPECT_EQ(world->sum(5), 5u);
  EXPECT_EQ(world->exclusive_sum(5), 0u);
  EXPECT_EQ(world->all_gather_bytes("x"), std::vector<std::string>{"x"});
  world->barrier();
}

TEST(SingleRankWorld, DeliversItsOwnPostsInOrder) {
  const auto world = single_rank_world();
  world->post(0, "a", Channel::units);
  world->post(0, "other", Channel::done);
  world->post(0, "b", Channel::units);
  EXPECT_EQ(world->receive(Channel::units)->bytes, "a");
  EXPECT_EQ(world->receive(Channel::units)->bytes, "b");
  EXPECT_FALSE(world->receive(Channel::units).has_value());
  EXPECT_EQ(world->receive(Channel::done)->bytes, "other");
}

TEST(SingleRankWorld, TransfersToItselfWhatFits) {
  const auto world = single_rank_world();
  std::string room(5, '?');
  Transfer transfer;
  transfer.send = {"abc"};
  transfer.room = {room};
  world->start(transfer);
  world->finish(transfer);
  EXPECT_EQ(transfer.received, std::vector<std::uint64_t>{3});
  EXPECT_EQ(room, "abc??");
  transfer.send = {"abcdef"};
  world->start(transfer);
  EXPECT_THROW(world->finish(transfer), Error);
}

TEST(OwnerOf, CutsTheKeySpaceIntoEqualParts) {
  EXPECT_EQ(owner_of(0, 3), 0);
  EXPECT_EQ(owner_of(UINT64_MAX, 3), 2);
  EXPECT_EQ(owner_of(UINT64_MAX / 2, 3), 1);
  EXPECT_EQ(owner_of(UINT64_MAX, 1), 0);
}

std::vector<std::uint64_t> order_on_one_rank(const std::vector<Unit>& units) {
  const auto world = single_rank_world();
  UnitQueue queue(units, *world);
  std::vector<std::uint64_t> order;
  while (true) {
    const std::optional<std::uint64_t> expected = queue.expected() ? std::optional(queue.expected()->number) : std::nullopt;
    const auto unit = queue.next();
    EXPECT_EQ(expected, unit ? std::optional(unit->number) : std::nullopt);
    if (!unit) break;
    order.push_back(unit->number);
  }
  EXPECT_EQ(queue.waited_s(), 0);
  return order;
}

TEST(UnitQueue, GivesOneRankEverythingSmallestFirst) {
  std::vector<Unit> units(3);
  for (std::size_t i = 0; i < 3; ++i) units[i] = {.number = i, .estimated_bytes = 10 - i, .pieces = {}};
  EXPECT_EQ(order_on_one_rank(units), (std::vector<std::uint64_t>{2, 1, 0}));
}

TEST(UnitQueue, GivesThePiecesOfAFileOneAfterTheOther) {
  std::vector<Unit> units(6);
  for (std::size_t i = 0; i < 6; ++i) units[i] = {.number = i, .estimated_bytes = 10, .pieces = {}, .continues = i == 1 || i == 2 || i == 4};
  EXPECT_EQ(order_on_one_rank(units), (std::vector<std::uint64_t>{5, 3, 4, 0, 1, 2}));
}

}  // namespace
}  // namespace quern
