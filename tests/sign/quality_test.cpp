// How good the signatures are as statistics, with all random numbers from fixed seeds: the bounds have been seen to hold with room,
// and to fail for weaker hashing (constants by XOR, low bits kept of minima).

#include "quern/base/sketch.hpp"
#include "quern/sign/signer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace quern;

namespace {

struct Pair {
  std::string a;
  std::string b;
};

// Two texts of words that are their own shingles (ngram 1): `common` words in both, `own` more in each.
Pair texts(std::mt19937_64& random, std::size_t common, std::size_t own) {
  const auto some = [&](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += "w" + std::to_string(random()) + " ";
    return text;
  };
  const std::string both = some(common);
  return {both + some(own), both + some(own)};
}

NearSpec single_words(std::uint64_t seed) {
  NearSpec spec;
  spec.ngram = 1;
  spec.seed = seed;
  return spec;
}

struct Errors {
  double bias;    // mean error of the estimate, in standard errors of that mean
  double spread;  // root mean square error / sqrt(variance of 256 independent comparisons)
};

// `pairs` pairs of similarity common / (common + 2 own).
Errors measure(std::size_t common, std::size_t own, int pairs) {
  std::mt19937_64 random(common * 1000 + own);
  const double j = static_cast<double>(common) / static_cast<double>(common + 2 * own);
  const double match = j + (1 - j) / 256;                                         // probability that two bytes are equal
  const double ideal = std::sqrt(match * (1 - match) / 256) * 256 / 255;          // of the estimate (matches - 1) / 255
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < pairs; ++i) {
    const Pair pair = texts(random, common, own);
    Signer signer(single_words(random()));
    Signature a;
    Signature b;
    EXPECT_TRUE(signer.sign(pair.a, a) && signer.sign(pair.b, b));
    const double error = (static_cast<double>(sketch_matches(a.sketch, b.sketch)) - 1) / 255 - j;
    sum += error;
    squares += error * error;
  }
  return {sum / pairs / (ideal / std::sqrt(pairs)), std::sqrt(squares / pairs) / ideal};
}

bool share_a_key(const Signature& a, const Signature& b) {
  for (std::size_t band = 0; band < a.band_keys.size(); ++band) {
    if (a.band_keys[band] == b.band_keys[band]) return true;
  }
  return false;
}

}  // namespace

TEST(SketchQuality, EstimateIsUnbiasedWithTheErrorOfIndependentHashes) {
  struct Case {
    std::size_t common;
    std::size_t own;
  };
  std::size_t tried = 0;
  for (const Case& c : {Case{100, 50}, Case{160, 20}, Case{180, 10}, Case{20, 40}, Case{30, 2}, Case{8, 1}, Case{1000, 100}}) {
    const Errors errors = measure(c.common, c.own, 400);
    EXPECT_LT(std::abs(errors.bias), 4) << c.common << ' ' << c.own;
    EXPECT_GT(errors.spread, 0.85) << c.common << ' ' << c.own;
    EXPECT_LT(errors.spread, 1.15) << c.common << ' ' << c.own;
    ++tried;
  }
  EXPECT_EQ(tried, 7u);
}

TEST(SketchQuality, TextsOfOneShingleEachAreToldApart) {
  // Their 256 minima differ by a[k] * (x - y): kept bits that did not depend on all of it would agree for all k at once.
  std::mt19937_64 random(11);
  std::uint32_t most = 0;
  for (int i = 0; i < 4'000; ++i) {
    const Pair pair = texts(random, 0, 1);
    Signer signer(single_words(1));
    Signature a;
    Signature b;
    ASSERT_TRUE(signer.sign(pair.a, a) && signer.sign(pair.b, b));
    most = std::max(most, sketch_matches(a.sketch, b.sketch));
  }
  EXPECT_LT(most, 16u);  // of a mean of 1; chance of 16 or more in one pair is below 1e-13
}

TEST(BandQuality, CollisionsFollowTheCurveOfTheBands) {
  struct Case {
    std::size_t common;
    std::size_t own;
    double similarity;
  };
  std::mt19937_64 random(12);
  std::size_t tried = 0;
  for (const Case& c : {Case{100, 50, 0.5}, Case{140, 30, 0.7}, Case{160, 20, 0.8}, Case{180, 10, 0.9}}) {
    constexpr int kPairs = 1'500;
    int found = 0;
    for (int i = 0; i < kPairs; ++i) {
      const Pair pair = texts(random, c.common, c.own);
      Signer signer(single_words(random()));
      Signature a;
      Signature b;
      ASSERT_TRUE(signer.sign(pair.a, a) && signer.sign(pair.b, b));
      ASSERT_EQ(a.band_keys.size(), 14u);
      found += share_a_key(a, b);
    }
    const double expected = 1 - std::pow(1 - std::pow(c.similarity, 8), 14);
    const double error = std::sqrt(expected * (1 - expected) / kPairs);
    EXPECT_NEAR(static_cast<double>(found) / kPairs, expected, 4 * error + 0.002) << c.similarity;
    ++tried;
  }
  EXPECT_EQ(tried, 4u);
}
