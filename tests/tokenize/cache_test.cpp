// The caches of an encoder against a map that forgets nothing: what they find is what was put in last.

#include "tokenize/cache.hpp"
#include "tokenize/nasty_text.hpp"
#include "tokenize/rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quern {
namespace {

using Ids = std::vector<std::uint32_t>;

Ids some_ids(NastyText& random, std::size_t most, std::uint32_t below) {
  Ids ids(1 + random.below(most));
  for (std::uint32_t& id : ids) id = random.below(4) == 0 ? below - 1 : static_cast<std::uint32_t>(random.below(below));
  return ids;
}

ShortKey key_of(const std::string& bytes) {
  ShortKey key;
  key.set(bytes.data(), bytes.size());
  return key;
}

std::optional<Ids> find(const ShortCache& cache, const std::string& bytes) {
  const ShortCache::Line* const home = cache.home(key_of(bytes));
  const ShortCache::Slot* known = ShortCache::find(home, key_of(bytes));
  if (known == nullptr) known = cache.find_near(home, key_of(bytes));
  if (known == nullptr) return std::nullopt;
  std::array<std::uint32_t, ShortCache::kMaxIds> ids;
  return Ids(ids.data(), ShortCache::copy_ids(known, ids.data()));
}

TEST(ShortCache, FindsWhatWasPutOrNothing) {
  ShortCache cache(64 * 64);
  std::map<std::string, Ids> all;
  NastyText random(5);
  int found = 0;
  for (int i = 0; i < rounds(40000); ++i) {
    const std::string bytes(1 + random.below(15), static_cast<char>(random.below(200)));
    if (const auto known = find(cache, bytes)) {
      ASSERT_EQ(*known, all.at(bytes));
      ++found;
    } else {
      all[bytes] = some_ids(random, ShortCache::kMaxIds, 1u << 24);
      cache.put(cache.home(key_of(bytes)), key_of(bytes), all[bytes]);
      ASSERT_EQ(find(cache, bytes), all[bytes]);
    }
  }
  EXPECT_GT(found, rounds(400));
  EXPECT_GT(all.size(), cache.size());
}

TEST(ShortCache, HoldsTwoPreTokensOfFewIdsToALine) {
  ShortCache cache(1024 * 64);
  EXPECT_EQ(cache.size(), 2048u);
  std::size_t found = 0;
  for (int i = 0; i < 1000; ++i) cache.put(cache.home(key_of(std::to_string(i))), key_of(std::to_string(i)), Ids{7});
  for (int i = 0; i < 1000; ++i) found += find(cache, std::to_string(i)).has_value() ? 1 : 0;
  EXPECT_GT(found, 950u);
}

// With one line and its neighbour, every order of few and many ids comes to all ways of moving on to the neighbour.
TEST(ShortCache, FindsInTheNeighbourWhatItsHomeHasNoRoomFor) {
  NastyText random(12);
  int in_neighbour = 0;
  for (int round = 0; round < rounds(2000); ++round) {
    ShortCache cache(2 * 64);
    for (int i = 0; i < 6; ++i) {
      const std::string bytes = std::to_string(i);
      const Ids ids(random.below(3) == 0 ? 5 + random.below(8) : 1 + random.below(4), static_cast<std::uint32_t>(i));
      cache.put(cache.home(key_of(bytes)), key_of(bytes), ids);
      ASSERT_EQ(find(cache, bytes), ids) << round << " " << i;
      in_neighbour += ShortCache::find(cache.home(key_of(bytes)), key_of(bytes)) == nullptr ? 1 : 0;
    }
  }
  EXPECT_GT(in_neighbour, rounds(2000));
}

TEST(ShortKey, IsTheSameWhateverFollowsThePreToken) {
  for (std::size_t length = 1; length <= ShortKey::kMaxBytes; ++length) {
    const std::string bytes(length, '\xFF');
    ShortKey key;
    key.set_wide((bytes + std::string(ShortKey::kWide, 'y')).data(), length);
    EXPECT_EQ(key, key_of(bytes)) << length;
    EXPECT_NE(key, key_of(bytes.substr(1) + '\0'));
    EXPECT_EQ(key.high >> 56, length);
  }
}

TEST(ShortCache, HasNothingForAKeyOfNoPreToken) {
  ShortCache cache(2 * 64);
  EXPECT_EQ(ShortCache::find(cache.any(), ShortKey::none()), nullptr);
  cache.put(cache.any(), key_of("word"), Ids(12, (1u << 24) - 1));
  EXPECT_EQ(ShortCache::find(cache.any(), ShortKey::none()), nullptr);
}

TEST(ShortCache, LeavesOutWhatItsLinesCannotHold) {
  ShortCache cache(64 * 64);
  const std::string bytes = "word";
  cache.put(cache.home(key_of(bytes)), key_of(bytes), Ids(13, 1));
  EXPECT_EQ(find(cache, bytes), std::nullopt);
  cache.put(cache.home(key_of(bytes)), key_of(bytes), Ids(8, 1u << 24));  // would look like the key of another
  EXPECT_EQ(find(cache, bytes), std::nullopt);
  cache.put(cache.home(key_of(bytes)), key_of(bytes), Ids(4, UINT32_MAX));
  EXPECT_EQ(find(cache, bytes), Ids(4, UINT32_MAX));
}

TEST(ShortCache, HasNoPlaceInLessThanTwoLines) { EXPECT_EQ(ShortCache(127).size(), 0u); }

TEST(LongCache, FindsWhatWasPutOrNothingWhileItsRingGoesRound) {
  LongCache cache(32 * 1024);
  ASSERT_TRUE(cache.takes(4096));
  EXPECT_FALSE(cache.takes(4097));
  NastyText random(6);
  std::map<std::string, Ids> all;
  int found = 0;
  for (int i = 0; i < rounds(40000); ++i) {
    const std::string bytes = std::string(12 + random.below(40), 'x') + std::to_string(random.below(2000));
    const std::uint64_t hash = hash64(bytes) & (random.below(2) == 0 ? ~std::uint64_t{0} : 0xFFFFFFFF00000000u);  // tags also collide
    if (const auto known = cache.find(bytes, hash); !known.empty()) {
      ASSERT_EQ(Ids(known.begin(), known.end()), all.at(bytes));
      ++found;
    } else {
      if (!all.contains(bytes)) all[bytes] = some_ids(random, 60, UINT32_MAX);
      cache.put(bytes, hash, all[bytes]);
      const auto put = cache.find(bytes, hash);
      ASSERT_EQ(Ids(put.begin(), put.end()), all[bytes]);
    }
  }
  EXPECT_GT(found, 0);
  EXPECT_GT(all.size(), 300u);
}

TEST(LongCache, LeavesOutWhatItsRingCannotHold) {
  LongCache cache(8 * 1024);
  const std::string bytes(4000, 'y');
  cache.put(bytes, 1, Ids(4000, 3));
  EXPECT_TRUE(cache.find(bytes, 1).empty());
  cache.put("some bytes", 1, Ids{});
  EXPECT_TRUE(cache.find("some bytes", 1).empty());
  EXPECT_FALSE(LongCache(100).takes(20));
}

}  // namespace
}  // namespace quern
