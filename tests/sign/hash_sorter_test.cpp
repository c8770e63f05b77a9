#include "sign/hash_sorter.hpp"

#include "quern/base/hash.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

void check_sorts(std::vector<std::uint64_t> values) {
  std::vector<std::uint64_t> expected = values;
  std::sort(expected.begin(), expected.end());
  HashSorter sorter;
  sorter.sort(values);
  EXPECT_EQ(values, expected);
  sorter.sort(values);
  EXPECT_EQ(values, expected);
}

TEST(HashSorter, SortsHashesOfAnyNumber) {
  for (const std::uint64_t n : {0u, 1u, 2u, 7u, 8u, 9u, 100u, 1000u, 70'000u, 600'000u}) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < n; ++i) values.push_back(mix64(i % (n / 2 + 1)));
    check_sorts(values);
  }
}

TEST(HashSorter, SortsValuesThatAreNoHashes) {
  std::vector<std::uint64_t> small, equal(5000, 7), ends;
  for (std::uint64_t i = 0; i < 5000; ++i) small.push_back(5000 - i);
  for (std::uint64_t i = 0; i < 5000; ++i) ends.push_back(i % 2 == 0 ? 0 : UINT64_MAX);
  check_sorts(small);
  check_sorts(equal);
  check_sorts(ends);
}

// Seconds if each of the crowd were moved past all others.
TEST(HashSorter, SortsACrowdAmongHashes) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 300'000; ++i) values.push_back(i % 2 == 0 ? mix64(i) : (std::uint64_t{1} << 62) - i);
  check_sorts(values);
}

}  // namespace
}  // namespace quern
