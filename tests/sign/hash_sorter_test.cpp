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
  for (const std::uint64_t n : {0u, 1u, 127u, 128u, 1000u, 70'000u}) {
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

}  // namespace
}  // namespace quern
