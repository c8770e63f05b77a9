#include "quern/report/figures.hpp"

#include "report/measure/measure.hpp"
#include "report/measure/signals.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace quern {
namespace {

TEST(LengthBin, IsAQuarterOfAnOctave) {
  EXPECT_EQ(length_bin(0), 0u);
  EXPECT_EQ(length_bin(1), 0u);
  EXPECT_EQ(length_bin(2), 4u);
  EXPECT_EQ(length_bin(3), 6u);
  EXPECT_EQ(length_bin(1u << 20), 80u);
  EXPECT_EQ(length_bin(UINT32_MAX), 127u);
  EXPECT_EQ(length_bin(UINT64_MAX), 127u);
  std::size_t tried = 0;
  for (std::uint64_t n = 1; n < 200'000; ++n, ++tried) {
    const double bin = length_bin(n);
    ASSERT_GE(static_cast<double>(n) * (1 + 1e-12), std::exp2(bin / 4)) << n;
    ASSERT_LT(static_cast<double>(n) * (1 - 1e-12), std::exp2((bin + 1) / 4)) << n;
  }
  EXPECT_EQ(tried, 199'999u);
}

TEST(Share, CoversEveryRowOnceForAnyNumberOfRanks) {
  for (const std::uint64_t n : {0u, 1u, 7u, 100u}) {
    for (const int ranks : {1, 2, 3, 5, 11}) {
      std::uint64_t next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const RowRange share = even_share(n, rank, ranks);
        EXPECT_EQ(share.first, next);
        for (std::uint64_t row = share.first; row < share.end; ++row) EXPECT_EQ(rank_of_row(row, n, ranks), rank);
        next = share.end;
      }
      EXPECT_EQ(next, n);
    }
  }
}

TEST(RoughKey, OrdersAsTheValuesDo) {
  const double values[] = {-std::numeric_limits<double>::infinity(), -1e9, -2, -1, -0.5, -1e-300, 0, 1e-300, 0.25, 0.5, 1, 1.5, 2, 1e9, std::numeric_limits<double>::infinity()};
  for (std::size_t i = 1; i < std::size(values); ++i) EXPECT_LT(rough_key(values[i - 1]), rough_key(values[i])) << values[i];
  EXPECT_EQ(rough_key(-0.0), rough_key(0.0));
  for (const double value : {1.0, 0.3, 17.0, 12345.678}) {
    const double least = least_of_key(rough_key(value));
    EXPECT_LE(least, value);
    EXPECT_GT(least * 17 / 16, value);
  }
}

TEST(SignalBins, HaveRoundEdgesAroundAllValues) {
  const SignalBins bins = bins_of({0.13, 0.97, 0.5, 1});
  EXPECT_FALSE(bins.logarithmic);
  EXPECT_LE(bins.edges.front(), 0.13);
  EXPECT_GE(bins.edges.back(), 0.97);
  EXPECT_LE(bins.edges.size(), 43u);
  EXPECT_NEAR(bins.edges[1] - bins.edges[0], 0.025, 1e-12);
}

TEST(SignalBins, AreLogarithmicForCountsWithALongTail) {
  const SignalBins bins = bins_of({3, 100'000, 400, 5'000'000});
  EXPECT_TRUE(bins.logarithmic);
  EXPECT_LE(bins.edges.front(), 3);
  EXPECT_GE(bins.edges.back(), 100'000);
  EXPECT_LE(bins.edges.size(), 45u);
}

TEST(SignalBins, AreThereForASingleValueToo) {
  for (const double value : {0.0, 1.0, -3.5, 1e-12, 1e12}) {
    const SignalBins bins = bins_of({value, value, value, value});
    ASSERT_GE(bins.edges.size(), 2u) << value;
    const std::ptrdiff_t bin = bin_of(value, bins.edges);
    EXPECT_GE(bin, 0) << value;
    EXPECT_LT(bin, static_cast<std::ptrdiff_t>(bins.edges.size()) - 1) << value;
  }
}

TEST(BinOf, PutsEdgesIntoTheBinThatTheyBeginAndTheLastIntoTheLast) {
  const std::vector<double> edges = {0, 1, 2, 4};
  EXPECT_EQ(bin_of(-0.1, edges), -1);
  EXPECT_EQ(bin_of(0, edges), 0);
  EXPECT_EQ(bin_of(0.99, edges), 0);
  EXPECT_EQ(bin_of(1, edges), 1);
  EXPECT_EQ(bin_of(3.9, edges), 2);
  EXPECT_EQ(bin_of(4, edges), 2);
  EXPECT_EQ(bin_of(4.1, edges), 3);
}

}  // namespace
}  // namespace quern
