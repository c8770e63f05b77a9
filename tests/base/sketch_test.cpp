#include "quern/base/sketch.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace quern {
namespace {

TEST(Jaccard, CountsTwoSortedSets) {
  const std::vector<std::uint64_t> a = {1, 3, 5, 7};
  const std::vector<std::uint64_t> b = {3, 4, 7, 8, 9};
  EXPECT_EQ(jaccard(a, b), (Similarity{2, 7}));
  EXPECT_EQ(jaccard(b, a), (Similarity{2, 7}));
  EXPECT_EQ(jaccard(a, a), (Similarity{4, 4}));
  EXPECT_EQ(jaccard(a, {}), (Similarity{0, 4}));
  EXPECT_EQ(jaccard({}, {}), (Similarity{0, 0}));
}

TEST(Estimate, CountsAgreementBeyondWhatChanceGives) {
  Sketch a{}, b{};
  EXPECT_EQ(estimate(a, b), (Similarity{255, 255}));
  for (std::size_t k = 0; k < kSketchHashes; ++k) b[k] = static_cast<std::uint8_t>(k < 100 ? 0 : 1);
  EXPECT_EQ(sketch_matches(a, b), 100u);
  EXPECT_EQ(estimate(a, b), (Similarity{99, 255}));
  b.fill(1);
  EXPECT_EQ(estimate(a, b), (Similarity{0, 255}));
}

}  // namespace
}  // namespace quern
