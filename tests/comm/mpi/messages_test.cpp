#include "quern/comm/messages.hpp"

#include "mpi_test.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quern {
namespace {

using test::world;

/// The n-th message of a rank: empty, short, about as long as a page, or much longer.
std::string message_of(int rank, std::size_t n) {
  static constexpr std::size_t kLengths[] = {0, 1, 7, 8176, 8177, 8184, 100'003, 40, 3};
  const std::string unit = std::to_string(rank) + ':' + std::to_string(n) + ' ';
  std::string message;
  while (message.size() < kLengths[n % std::size(kLengths)]) message += unit;
  message.resize(kLengths[n % std::size(kLengths)]);
  return message;
}

int receiver_of(int rank, std::size_t n) { return static_cast<int>((static_cast<std::size_t>(rank) * 5 + n * n) % static_cast<std::size_t>(world().size())); }

/// Sends `count(rank)` messages from each rank; those that come must be those that were sent, of each sender in their order.
template <class Count>
void exchange(std::size_t buffer_bytes, Count count) {
  std::size_t next = 0, taken = 0, expected = 0;
  std::vector<std::vector<std::string>> sent(static_cast<std::size_t>(world().size()));
  for (int rank = 0; rank < world().size(); ++rank) {
    for (std::size_t n = 0; n < static_cast<std::size_t>(count(rank)); ++n) {
      if (receiver_of(rank, n) == world().rank()) sent[static_cast<std::size_t>(rank)].push_back(std::to_string(rank) + '/' + message_of(rank, n));
    }
    expected += sent[static_cast<std::size_t>(rank)].size();
  }
  std::vector<std::size_t> came(sent.size(), 0);
  exchange_messages(
      buffer_bytes,
      [&](std::string& message) -> std::optional<int> {
        if (next == static_cast<std::size_t>(count(world().rank()))) return std::nullopt;
        message += std::to_string(world().rank()) + '/' + message_of(world().rank(), next);
        return receiver_of(world().rank(), next++);
      },
      [&](std::string_view message) {
        const auto from = static_cast<std::size_t>(std::stoi(std::string(message.substr(0, message.find('/')))));
        ASSERT_LT(came[from], sent[from].size());
        EXPECT_TRUE(message == sent[from][came[from]]) << "message " << came[from] << " of rank " << from;
        ++came[from];
        ++taken;
      },
      world());
  EXPECT_EQ(taken, expected);
}

TEST(Messages, ComeWholeAndInTheOrderOfTheirSender) {
  for (const std::size_t buffer : {std::size_t{1}, std::size_t{200'000}, std::size_t{16} << 20}) exchange(buffer, [](int) { return 300; });
}

TEST(Messages, MayComeFromOneRankAlone) {
  exchange(100'000, [](int rank) { return rank + 1 == world().size() ? 200 : 0; });
}

TEST(Messages, MayBeNone) {
  exchange(100'000, [](int) { return 0; });
}

}  // namespace
}  // namespace quern
