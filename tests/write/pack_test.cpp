// Packing into windows, against plain versions of what docs/formats/windows.md says.

#include "write/export/pack.hpp"

#include "write/export/roomiest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace quern {
namespace {

using Lengths = std::vector<std::uint64_t>;
constexpr std::uint64_t kOrigin = 1000, kFirst = 70'000;  // neither documents nor tokens need begin at 0

std::vector<std::uint64_t> starts_of(const Lengths& lengths) {
  std::vector<std::uint64_t> start = {kOrigin};
  for (const std::uint64_t length : lengths) start.push_back(start.back() + length);
  return start;
}

Windows packed(const Lengths& lengths, const Bucket& bucket, Pack pack) {
  const auto start = starts_of(lengths);
  return pack == Pack::concat ? cut_block({kFirst, start}, kOrigin, bucket.length) : pack_block({kFirst, start}, bucket, pack);
}

Lengths random_lengths(std::mt19937_64& random, std::size_t n, std::uint64_t most) {
  Lengths lengths(n);
  for (std::uint64_t& length : lengths) length = 1 + random() % (random() % 4 == 0 ? 3 * most : most);
  return lengths;
}

/// How often each token of each document is in a part.
std::vector<std::vector<int>> coverage(const Lengths& lengths, const std::vector<Windows>& all) {
  std::vector<std::vector<int>> seen;
  for (const std::uint64_t length : lengths) seen.emplace_back(length, 0);
  for (const Windows& windows : all) {
    for (const Part& part : windows.parts) {
      for (std::uint64_t t = 0; t < part.tokens; ++t) ++seen.at(part.document - kFirst).at(part.start + t);
    }
  }
  return seen;
}

void expect_each_once(const Lengths& lengths, const std::vector<Windows>& all) {
  for (const auto& document : coverage(lengths, all)) {
    for (const int times : document) ASSERT_EQ(times, 1);
  }
}

std::uint64_t tokens_in(std::span<const Part> window) {
  return std::accumulate(window.begin(), window.end(), std::uint64_t{0}, [](std::uint64_t sum, const Part& part) { return sum + part.tokens; });
}

TEST(Pack, HasEachTokenInOneWindowThatIsNotTooLong) {
  std::mt19937_64 random(1);
  int windows_seen = 0;
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t length = 2 + random() % 200;
    const Lengths lengths = random_lengths(random, random() % 300, length);
    for (const Pack pack : {Pack::concat, Pack::whole, Pack::best_fit}) {
      const Windows windows = packed(lengths, {length, 0, true}, pack);
      expect_each_once(lengths, {windows});
      for (std::size_t w = 0; w < windows.size(); ++w, ++windows_seen) {
        ASSERT_FALSE(windows[w].empty());
        ASSERT_LE(tokens_in(windows[w]), length);
      }
    }
  }
  EXPECT_GT(windows_seen, 1000);
}

TEST(Pack, SplitsNoDocumentThatFits) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t length = 2 + random() % 100;
    const Lengths lengths = random_lengths(random, 200, length);
    for (const Pack pack : {Pack::whole, Pack::best_fit}) {
      std::map<std::uint64_t, std::uint64_t> parts;
      for (const Part& part : packed(lengths, {length, 0, true}, pack).parts) ++parts[part.document - kFirst];
      // ceil(n / length): the fewest that there can be
      for (std::size_t d = 0; d < lengths.size(); ++d) ASSERT_EQ(parts[d], (lengths[d] + length - 1) / length);
    }
  }
}

/// Windows of pieces by the plain form of the rule: all windows are looked at for each piece.
std::vector<std::set<std::uint64_t>> plain_best_fit(const Lengths& lengths, std::uint64_t length) {
  std::vector<std::uint64_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return lengths[a] > lengths[b]; });
  struct Open {
    std::uint64_t room, filled;
    std::set<std::uint64_t> documents;
  };
  std::vector<Open> windows;
  std::uint64_t step = 0;
  for (const std::uint64_t d : order) {
    Open* best = nullptr;
    for (Open& window : windows) {
      if (window.room < lengths[d]) continue;
      if (!best || window.room < best->room || (window.room == best->room && window.filled > best->filled)) best = &window;
    }
    if (!best) best = &windows.emplace_back(Open{length, 0, {}});
    best->room -= lengths[d];
    best->filled = ++step;
    best->documents.insert(kFirst + d);
  }
  std::vector<std::set<std::uint64_t>> sets;
  for (const Open& window : windows) sets.push_back(window.documents);
  std::sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) { return *a.begin() < *b.begin(); });
  return sets;
}

TEST(Pack, BestFitIsThatOfThePlainSearch) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t length = 5 + random() % 5000;
    Lengths lengths(random() % 400);
    for (std::uint64_t& n : lengths) n = 1 + random() % length;
    const Windows windows = packed(lengths, {length, 0, true}, Pack::best_fit);
    std::vector<std::set<std::uint64_t>> found;
    for (std::size_t w = 0; w < windows.size(); ++w) {
      auto& documents = found.emplace_back();
      for (const Part& part : windows[w]) documents.insert(part.document);
    }
    ASSERT_EQ(found, plain_best_fit(lengths, length));
  }
}

TEST(Pack, BestFitNeedsNoMoreThanElevenNinthsOfTheFewest) {
  // Of perfectly filled windows that were taken apart, the fewest are known (Johnson et al. 1974 for the bound).
  std::mt19937_64 random(4);
  for (int round = 0; round < 50; ++round) {
    const std::uint64_t length = 64, fewest = 30;
    Lengths lengths;
    for (std::uint64_t w = 0; w < fewest; ++w) {
      for (std::uint64_t left = length; left > 0;) {
        const std::uint64_t n = 1 + random() % left;
        lengths.push_back(n);
        left -= n;
      }
    }
    std::shuffle(lengths.begin(), lengths.end(), random);
    EXPECT_LE(packed(lengths, {length, 0, true}, Pack::best_fit).size(), fewest * 11 / 9 + 1);
  }
}

TEST(Pack, SmallCasesByHand) {
  // 6 + 4, 5 + 5, 3; in the order of their first document.
  const Windows best = packed({4, 5, 3, 6, 5}, {10, 0, true}, Pack::best_fit);
  EXPECT_EQ(best.first, (Lengths{0, 2, 4}));
  EXPECT_EQ(best.parts, (std::vector<Part>{{kFirst, 0, 4}, {kFirst + 3, 0, 6}, {kFirst + 1, 0, 5}, {kFirst + 4, 0, 5}, {kFirst + 2, 0, 3}}));
  // 4 + 5, 3 + 6, 5.
  EXPECT_EQ(packed({4, 5, 3, 6, 5}, {10, 0, true}, Pack::whole).first, (Lengths{0, 2, 4}));
  // 23 = 10 + 10 + 3, and the rest has room for 7.
  const Windows cut = packed({23, 7}, {10, 0, true}, Pack::best_fit);
  EXPECT_EQ(cut.parts, (std::vector<Part>{{kFirst, 0, 10}, {kFirst, 10, 10}, {kFirst, 20, 3}, {kFirst + 1, 0, 7}}));
  EXPECT_EQ(cut.first, (Lengths{0, 1, 2}));
  // Exactly two windows: no rest of length 0.
  EXPECT_EQ(packed({20}, {10, 0, true}, Pack::whole).parts, (std::vector<Part>{{kFirst, 0, 10}, {kFirst, 10, 10}}));
  EXPECT_EQ(packed({}, {10, 0, true}, Pack::best_fit).size(), 0u);
  EXPECT_EQ(packed({4, 5, 3}, {10, 0, true}, Pack::concat).first, (Lengths{0, 3}));
}

TEST(Pack, ConcatIsTheSameForAnyBlocks) {
  std::mt19937_64 random(5);
  const Lengths lengths = random_lengths(random, 100, 50);
  const auto start = starts_of(lengths);
  const Windows whole = cut_block({kFirst, start}, kOrigin, 32);
  Windows joined;
  for (std::size_t first = 0; first < lengths.size(); first += 7) {
    const std::size_t n = std::min<std::size_t>(7, lengths.size() - first);
    const Windows block = cut_block({kFirst + first, std::span(start).subspan(first, n + 1)}, kOrigin, 32);
    for (const std::uint64_t window : block.first) joined.first.push_back(joined.parts.size() + window);
    joined.parts.insert(joined.parts.end(), block.parts.begin(), block.parts.end());
  }
  EXPECT_EQ(joined.first, whole.first);
  EXPECT_EQ(joined.parts, whole.parts);
  for (std::size_t w = 0; w + 1 < whole.size(); ++w) EXPECT_EQ(tokens_in(whole[w]), 32u);
}

TEST(Pack, BucketsShareTheDocumentsByTheirLength) {
  std::mt19937_64 random(6);
  WindowsSpec spec;
  spec.lengths = {16, 64, 256};
  const Lengths lengths = random_lengths(random, 500, 200);
  std::vector<Windows> all;
  for (const Bucket& bucket : buckets_of(spec)) {
    const Windows& windows = all.emplace_back(packed(lengths, bucket, Pack::best_fit));
    for (const Part& part : windows.parts) {
      const std::uint64_t n = lengths[part.document - kFirst];
      ASSERT_GT(n, bucket.above);
      if (!bucket.is_longest) {
        ASSERT_LE(n, bucket.length);
      }
    }
    EXPECT_GT(windows.size(), 0u);
  }
  expect_each_once(lengths, all);
}

TEST(BitTree, FindsTheLeastMemberFromANumberOn) {
  std::mt19937_64 random(7);
  for (const std::uint64_t numbers : {1ull, 63ull, 64ull, 65ull, 4096ull, 4097ull, 300'000ull}) {
    BitTree tree(numbers);
    std::set<std::uint64_t> members;
    for (int step = 0; step < 2000; ++step) {
      const std::uint64_t number = random() % numbers, from = random() % numbers;
      if (random() % 2 == 0) tree.set(*members.insert(number).first);
      else if (members.erase(number) > 0) tree.clear(number);
      const auto next = members.lower_bound(from);
      ASSERT_EQ(tree.first_from(from), next == members.end() ? BitTree::kNone : *next);
    }
  }
}

}  // namespace
}  // namespace quern
