#include "mpi_test.hpp"
#include "quern/base/hash.hpp"
#include "quern/comm/exchange.hpp"
#include "quern/comm/order.hpp"
#include "quern/comm/unit_queue.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <set>

namespace quern {
namespace {

using test::world;

TEST(World, ReducesSumsMaximaAndMinima) {
  const auto r = static_cast<std::uint64_t>(world().rank());
  const auto p = static_cast<std::uint64_t>(world().size());
  EXPECT_EQ(world().sum(r + 1), p * (p + 1) / 2);
  EXPECT_EQ(world().max(r), p - 1);
  EXPECT_EQ(world().min(r + 7), 7u);
  EXPECT_EQ(world().exclusive_sum(r + 1), r * (r + 1) / 2);
}

TEST(World, BroadcastsTheRootsBytesOfAnySize) {
  for (const std::size_t n : {0u, 1u, 100'000u}) {
    std::string bytes = world().is_root() ? std::string(n, 'q') : "other";
    world().broadcast_bytes(bytes);
    EXPECT_EQ(bytes, std::string(n, 'q'));
  }
}

TEST(World, GathersPartsOfDifferentLengthsInRankOrder) {
  const std::string mine(static_cast<std::size_t>(world().rank()) * 3, static_cast<char>('a' + world().rank()));
  const auto all = world().all_gather_bytes(mine);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(world().size()));
  for (std::size_t r = 0; r < all.size(); ++r) EXPECT_EQ(all[r], std::string(r * 3, static_cast<char>('a' + r)));
  EXPECT_EQ(world().gather_bytes(mine).size(), world().is_root() ? all.size() : 0u);
}

TEST(World, ExchangesPartsOfVeryDifferentSizesInRounds) {
  const auto p = static_cast<std::size_t>(world().size()), me = static_cast<std::size_t>(world().rank());
  const auto bytes_from_to = [](std::size_t from, std::size_t to) { return (from * 7 + to * 3) % 5 * 3001; };
  std::string send;
  std::vector<std::uint64_t> counts, received;
  for (std::size_t to = 0; to < p; ++to) {
    counts.push_back(bytes_from_to(me, to));
    for (std::size_t i = 0; i < counts.back(); ++i) send += static_cast<char>(me * 31 + to * 17 + i * 11);
  }
  const std::string came = world().all_to_all_bytes(send, counts, received);
  std::size_t at = 0;
  for (std::size_t from = 0; from < p; ++from) {
    ASSERT_EQ(received[from], bytes_from_to(from, me));
    for (std::size_t i = 0; i < received[from]; ++i, ++at) ASSERT_EQ(came[at], static_cast<char>(from * 31 + me * 17 + i * 11)) << from << ' ' << i;
  }
  EXPECT_EQ(at, came.size());
}

/// What goes from one rank to another in round k; some ranks send nothing, or have nothing sent to them.
std::string part_of_transfer(int from, int to, std::size_t k) {
  if (from % 3 == 2 || to % 4 == 3) return {};
  const char letter = static_cast<char>('a' + (from * 7 + to * 3 + static_cast<int>(k)) % 26);
  return std::string(k * 97 + static_cast<std::size_t>(from * 5 + to) * 31 % 7, letter);
}

/// A transfer that owns its memory.
struct HeldTransfer {
  explicit HeldTransfer(std::size_t k) {
    for (int rank = 0; rank < world().size(); ++rank) {
      sent.push_back(part_of_transfer(world().rank(), rank, k));
      came.emplace_back(4096, '?');
    }
    for (std::size_t rank = 0; rank < sent.size(); ++rank) {
      transfer.send.push_back(sent[rank]);
      transfer.room.emplace_back(came[rank]);
    }
  }
  std::vector<std::string> sent, came;
  Transfer transfer;
};

TEST(Transfer, OverlapsOtherTransfersAndCollectives) {
  HeldTransfer first(1), second(20);
  world().start(first.transfer);
  world().start(second.transfer);
  EXPECT_EQ(world().sum(1), static_cast<std::uint64_t>(world().size()));
  world().finish(first.transfer);
  HeldTransfer third(0);
  world().start(third.transfer);
  std::string bytes = "between";
  world().broadcast_bytes(bytes);
  world().finish(second.transfer);
  world().finish(third.transfer);
  std::size_t checked = 0;
  for (const auto& [held, k] : {std::pair(&first, 1u), std::pair(&second, 20u), std::pair(&third, 0u)}) {
    for (int from = 0; from < world().size(); ++from, ++checked) {
      const auto r = static_cast<std::size_t>(from);
      EXPECT_EQ(held->came[r].substr(0, held->transfer.received[r]), part_of_transfer(from, world().rank(), k)) << from << " round " << k;
    }
  }
  EXPECT_EQ(checked, 3 * static_cast<std::size_t>(world().size()));
}

#pragma pack(push, 1)
struct Row {
  std::uint64_t key;
  std::uint16_t from;
};
#pragma pack(pop)

/// Sends `mine` rows from this rank through rounds of `buffer` bytes; returns those that came in.
std::vector<Row> exchange(std::size_t mine, std::size_t buffer, bool skewed) {
  std::size_t next = 0;
  std::vector<Row> came;
  std::size_t largest = 0;
  exchange_rows<Row>(
      buffer,
      [&](Outbox<Row>& outbox) {
        for (; next < mine && !outbox.full(); ++next) {
          const std::uint64_t key = skewed ? 0 : mix64(next * 31 + static_cast<std::uint64_t>(world().rank()));
          outbox.add(owner_of(key, world().size()), {key, static_cast<std::uint16_t>(world().rank())});
        }
        return next < mine;
      },
      [&](std::span<const Row> rows) {
        largest = std::max(largest, rows.size());
        came.insert(came.end(), rows.begin(), rows.end());
      },
      world());
  EXPECT_LE(largest, std::max<std::size_t>(buffer / sizeof(Row), static_cast<std::size_t>(world().size())));
  return came;
}

TEST(Exchange, KeepsEveryRowOnceForAnyWorldSize) {
  for (const std::size_t mine : {0u, 1u, 999u}) {
    for (const std::size_t buffer : {1u, 512u, 1u << 20}) {
      const auto rows = exchange(mine, buffer, false);
      for (const Row& row : rows) EXPECT_EQ(owner_of(row.key, world().size()), world().rank());
      EXPECT_EQ(world().sum(rows.size()), mine * static_cast<std::size_t>(world().size()));
    }
  }
}

TEST(Exchange, BoundsWhatOneRankReceivesWhenAllRowsGoToIt) {
  const auto rows = exchange(500, 2048, true);
  EXPECT_EQ(rows.size(), world().is_root() ? 500u * static_cast<std::size_t>(world().size()) : 0u);
}

TEST(Exchange, SendsTheNextRoundWhileOneIsConsumedByACollective) {
  // Rows to the rank after this one; the last rank of several has none. Rows must come in the order in which they were sent.
  const auto p = static_cast<std::uint64_t>(world().size()), me = static_cast<std::uint64_t>(world().rank());
  const std::uint64_t rows_of_sender = 300;
  const auto has_rows = [&](std::uint64_t rank) { return p == 1 || rank + 1 < p; };
  std::uint64_t next = 0, rounds = 0, come = 0, asked = 0;
  exchange_rows<std::uint64_t>(
      std::size_t{64} * p,
      [&](Outbox<std::uint64_t>& outbox) {
        const std::uint64_t end = has_rows(me) ? rows_of_sender : 0;
        for (; next < end && !outbox.full(); ++next) outbox.add(static_cast<int>((me + 1) % p), next * p + me);
        return next < end;
      },
      [&](std::span<const std::uint64_t> rows) {
        ++rounds;
        for (const std::uint64_t row : rows) EXPECT_EQ(row, come++ * p + (me + p - 1) % p);
        const auto answers = ask<std::uint64_t>(
            rows, [&](std::uint64_t row) { return static_cast<int>(row % p); }, [&](std::uint64_t row) { return row + me; }, 256, world());
        for (std::size_t i = 0; i < rows.size(); ++i, ++asked) EXPECT_EQ(answers[i], rows[i] + rows[i] % p);
      },
      world());
  EXPECT_EQ(come, has_rows((me + p - 1) % p) ? rows_of_sender : 0);
  EXPECT_EQ(asked, come);
  EXPECT_GT(rounds, 10u);
  EXPECT_EQ(world().max(rounds), world().min(rounds));
}

TEST(Exchange, AsksTheOwnerAndAnswersInOrder) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 100; ++i) keys.push_back(mix64(i));
  const auto answers = ask<std::uint64_t>(
      std::span<const std::uint64_t>(keys), [](std::uint64_t key) { return owner_of(key, world().size()); },
      [](std::uint64_t key) { return key ^ static_cast<std::uint64_t>(world().rank()); }, 160, world());
  ASSERT_EQ(answers.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(answers[i], keys[i] ^ static_cast<std::uint64_t>(owner_of(keys[i], world().size())));
  }
}

TEST(Order, RanksAreDenseAndTiesGoByRecordAtAnyDistribution) {
  // 40 records a rank, keys with many ties; empty on the last rank.
  const bool empty = world().rank() == world().size() - 1 && world().size() > 1;
  const std::uint64_t first = 40u * static_cast<std::uint64_t>(world().rank());
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < (empty ? 0u : 40u); ++i) keys.push_back(mix64(first + i) % 5);
  const auto ranks = dense_ranks(keys, first, 1 << 16, world());
  std::vector<std::pair<std::uint64_t, std::uint64_t>> expected;
  const std::uint64_t total = world().sum(keys.size());
  for (std::uint64_t i = 0; i < total; ++i) expected.emplace_back(mix64(i) % 5, i);
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(ranks.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(expected.at(ranks[i]), std::make_pair(keys[i], first + i));
}

std::vector<Unit> make_units(std::size_t n) {
  std::vector<Unit> units(n);
  for (std::size_t i = 0; i < n; ++i) {
    units[i].number = i;
    units[i].estimated_bytes = mix64(i) % 1000;
    units[i].pieces = {{.file = 1, .entry = 2, .path = "/a/b", .name = "b", .file_bytes = 9, .begin = i, .end = i + 1}};
  }
  return units;
}

TEST(UnitQueue, HandsOutEveryUnitOnceWithFewerAndMoreUnitsThanRanks) {
  for (const std::size_t n : {0u, 1u, 2u, 7u, 200u}) {
    UnitQueue queue(world().is_root() ? make_units(n) : std::vector<Unit>{}, world());
    std::vector<std::uint64_t> mine;
    while (const auto unit = queue.next()) {
      EXPECT_EQ(unit->pieces.at(0).begin, unit->number);
      EXPECT_EQ(unit->pieces.at(0).path, "/a/b");
      mine.push_back(unit->number);
      queue.poll();
    }
    const auto all = world().all_gather<std::uint64_t>(mine);
    EXPECT_EQ(all.size(), n);
    EXPECT_EQ(std::set<std::uint64_t>(all.begin(), all.end()).size(), n);
    world().barrier();
  }
}

/// `files` files of `pieces` pieces; `passed` bytes before each piece but the first.
std::vector<Unit> pieces_of_files(std::size_t files, std::size_t pieces, std::uint64_t passed) {
  std::vector<Unit> units(files * pieces);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::size_t piece = i % pieces;
    units[i] = {.number = i, .estimated_bytes = 100, .pieces = {}, .continues = piece > 0, .passed_bytes = piece * passed};
  }
  return units;
}

/// Each rank's units in its order, on every rank. Ranks take turns for as long as they all have something, as equally fast ones would.
std::vector<std::vector<std::uint64_t>> hand_out(const std::vector<Unit>& units) {
  UnitQueue queue(world().is_root() ? units : std::vector<Unit>{}, world());
  std::vector<std::uint64_t> mine;
  while (const auto unit = queue.next()) {
    mine.push_back(unit->number);
    for (int i = 0; i < 20; ++i) {  // two milliseconds
      queue.poll();
      ::usleep(100);
    }
  }
  std::vector<std::vector<std::uint64_t>> all;
  const std::string_view packed(reinterpret_cast<const char*>(mine.data()), mine.size() * sizeof(std::uint64_t));
  for (const std::string& bytes : world().all_gather_bytes(packed)) {
    all.emplace_back(bytes.size() / sizeof(std::uint64_t));
    if (!bytes.empty()) std::memcpy(all.back().data(), bytes.data(), bytes.size());
  }
  return all;
}

/// Units that a rank begins without having read the one before.
std::size_t begun_anew(const std::vector<std::vector<std::uint64_t>>& of_ranks) {
  std::size_t anew = 0;
  for (const auto& units : of_ranks) {
    for (std::size_t i = 0; i < units.size(); ++i) anew += i == 0 || units[i] != units[i - 1] + 1;
  }
  return anew;
}

TEST(UnitQueue, NeighboursGoToTheSameRankAndEveryRankHasWork) {
  const auto ranks = static_cast<std::size_t>(world().size());
  for (const auto& [files, pieces] : {std::pair{1u, 60u}, {7u, 20u}}) {
    const auto of_ranks = hand_out(pieces_of_files(files, pieces, 1));
    std::set<std::uint64_t> all;
    for (const auto& units : of_ranks) {
      EXPECT_FALSE(units.empty());
      all.insert(units.begin(), units.end());
    }
    EXPECT_EQ(all.size(), files * pieces);
    EXPECT_LE(begun_anew(of_ranks), files + 6 * (ranks - 1));
  }
}

TEST(UnitQueue, StoppedByAnyRankItEndsForAll) {
  for (int stopper = 0; stopper < world().size(); ++stopper) {
    UnitQueue queue(world().is_root() ? make_units(10'000) : std::vector<Unit>{}, world());
    std::uint64_t mine = 0;
    while (queue.next()) {
      if (++mine == 3 && world().rank() == stopper) queue.stop();
      queue.poll();
      ::usleep(200);
    }
    EXPECT_LT(world().sum(mine), 9'000u);
    EXPECT_GE(world().sum(mine), 3u);
    world().barrier();
  }
}

TEST(UnitQueue, AFileIsNotSharedWhereBeginningInItWouldTakeLongerThanItHelps) {
  const auto of_ranks = hand_out(pieces_of_files(1, 5, 100'000));
  EXPECT_EQ(begun_anew(of_ranks), 1u);
}

}  // namespace
}  // namespace quern
