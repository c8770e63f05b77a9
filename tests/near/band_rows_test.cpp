// Groups against a plain sort.

#include "near/band_rows.hpp"
#include "quern/base/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace quern {
namespace {

using Groups = std::multiset<std::vector<std::uint64_t>>;

Groups sorted_groups(const std::vector<BandRow>& rows) {
  std::map<std::uint64_t, std::vector<std::uint64_t>> by_key;
  for (const BandRow row : rows) {
    const std::uint64_t key = row.key;  // packed: not to be bound by reference
    by_key[key].push_back(row.place);
  }
  Groups groups;
  for (auto& [key, places] : by_key) {
    std::sort(places.begin(), places.end());
    if (places.size() > 1) groups.insert(places);
  }
  return groups;
}

Groups groups_of(const Buckets& buckets) {
  Groups groups;
  for (std::size_t b = 0; b < buckets.count(); ++b) {
    groups.emplace(buckets.members.begin() + static_cast<std::ptrdiff_t>(buckets.start[b]),
                   buckets.members.begin() + static_cast<std::ptrdiff_t>(buckets.start[b + 1]));
  }
  return groups;
}

/// Rows in pieces of changing size.
void add_in_pieces(const std::vector<BandRow>& rows, BandRows& to) {
  for (std::size_t at = 0, n = 1; at < rows.size(); at += n, n = n * 3 % 1009 + 1) {
    n = std::min(n, rows.size() - at);
    to.add(std::span(rows).subspan(at, n));
  }
}

void check_against_a_sort(const std::vector<BandRow>& rows, std::uint64_t expected_rows) {
  BandRows grouping(expected_rows);
  add_in_pieces(rows, grouping);
  Buckets buckets;
  grouping.group(buckets);
  ASSERT_EQ(groups_of(buckets), sorted_groups(rows));
  ASSERT_EQ(buckets.start.back(), buckets.members.size());
}

std::vector<BandRow> rows_of_keys(std::size_t n, const auto& key_of) {
  std::vector<BandRow> rows;
  for (std::uint64_t i = 0; i < n; ++i) rows.push_back({key_of(i), mix64(i + 1) % (std::uint64_t{1} << 47)});
  return rows;
}

constexpr std::uint64_t kExpected[] = {0, 1'000, 20'000'000};  // one part, two, all

TEST(BandRows, AreGroupedAsByASortForRandomKeys) {
  for (const std::uint64_t expected : kExpected) {
    check_against_a_sort(rows_of_keys(50'000, [](std::uint64_t i) { return mix64(i * 2 % 30'011); }), expected);
    check_against_a_sort(rows_of_keys(3'000, [](std::uint64_t i) { return mix64(i); }), expected);
  }
}

TEST(BandRows, OfOneKeyAreOneBucket) {
  for (const std::uint64_t expected : kExpected) {
    for (const std::size_t n : {0u, 1u, 2u, 292u, 293u, 20'000u}) {
      check_against_a_sort(rows_of_keys(n, [](std::uint64_t) { return std::uint64_t{77}; }), expected);
    }
  }
}

TEST(BandRows, MayAllBeOfOnePart) {
  // The inverse of the spreading constant: keys whose spread value is below 2^32, so that all go to the first part.
  constexpr std::uint64_t kInverse = 0xf1de83e19937733du;
  static_assert(kInverse * 0x9e3779b97f4a7c15u == 1);
  for (const std::uint64_t expected : kExpected) {
    check_against_a_sort(rows_of_keys(20'000, [](std::uint64_t i) { return (i % 9'000 << 20) * kInverse; }), expected);
  }
}

TEST(BandRows, OfOneOwnerHaveTheSameUpperBits) {
  check_against_a_sort(rows_of_keys(40'000, [](std::uint64_t i) { return 0xabcdef0000000000u | i % 15'000; }), 20'000'000);
}

TEST(BandRows, AreForgottenWhenTheyAreGrouped) {
  BandRows grouping(100);
  Buckets buckets;
  const auto rows = rows_of_keys(1'000, [](std::uint64_t i) { return mix64(i % 400); });
  for (int pass = 0; pass < 3; ++pass) {
    grouping.add(rows);
    grouping.group(buckets);
  }
  Groups three_times;
  for (const auto& group : sorted_groups(rows)) three_times.insert({group, group, group});
  EXPECT_EQ(groups_of(buckets), three_times);
}

TEST(Buckets, KnowTheBucketOfEachRow) {
  BandRows grouping(0);
  grouping.add(rows_of_keys(5'000, [](std::uint64_t i) { return mix64(i % 700); }));
  Buckets buckets;
  grouping.group(buckets);
  buckets.first_rows = BitRank(std::span(buckets.start).first(buckets.count()), 0, buckets.members.size());
  ASSERT_GT(buckets.count(), 100u);
  for (std::size_t b = 0; b < buckets.count(); ++b) {
    for (std::uint64_t row = buckets.start[b]; row < buckets.start[b + 1]; ++row) ASSERT_EQ(buckets.bucket_of(row), b);
  }
}

}  // namespace
}  // namespace quern
