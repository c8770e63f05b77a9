#include "mpi_test.hpp"
#include "quern/exact/equal.hpp"

#include <gtest/gtest.h>

#include <map>

namespace quern {
namespace {

using test::world;

/// Holds the parallel answer against the definition, with `per_rank` documents of `distinct` different texts on each rank
/// (none on the last rank when there are several).
void check_against_definition(std::uint64_t per_rank, std::uint64_t distinct, std::size_t budget) {
  const auto p = static_cast<std::uint64_t>(world().size());
  const std::uint64_t holders = p > 1 ? p - 1 : 1;
  const auto key_of = [&](std::uint64_t place) { return hash128(std::to_string(mix64(place) % distinct)); };
  std::map<Hash128, std::uint64_t> least;
  for (std::uint64_t place = 0; place < per_rank * holders; ++place) least.try_emplace(key_of(place), place);

  std::vector<Hash128> keys;
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; static_cast<std::uint64_t>(world().rank()) < holders && i < per_rank; ++i) {
    places.push_back(i * holders + static_cast<std::uint64_t>(world().rank()));  // interleaved: the first may be on any rank
    keys.push_back(key_of(places.back()));
  }
  const auto found = least_of_equal(keys, places, budget, world());
  ASSERT_EQ(found.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(found[i], least.at(keys[i]));
}

TEST(LeastOfEqual, IsTheDefinitionForAnyWorldSizeAndBudget) {
  for (const std::size_t budget : {std::size_t{1} << 12, std::size_t{1} << 24}) {
    check_against_definition(500, 200, budget);
    check_against_definition(500, 1, budget);
    check_against_definition(500, 1'000'000, budget);
    check_against_definition(0, 1, budget);
    check_against_definition(1, 1, budget);
  }
}

}  // namespace
}  // namespace quern
