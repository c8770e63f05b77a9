#include "classify/tiny_model.hpp"
#include "quern/base/error.hpp"
#include "quern/filter/chain.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

class FastText : public ::testing::Test {
 protected:
  FastText() {
    spec_.model = test::tiny_quality_model(folder_ / "tiny.bin");
    spec_.label = "hq";
  }
  Reason judged(std::string_view text) { return FilterChain(std::vector<FilterSpec>{spec_}).judge(text); }

  test::TempFolder folder_;
  FastTextSpec spec_;
};

TEST_F(FastText, KeepsWhatIsProbableEnough) {
  EXPECT_EQ(judged("the proof of this theorem, its history and a lemma"), Reason::none);
  EXPECT_EQ(judged("buy cheap, click here, free shipping"), Reason::fasttext);
  spec_.label = "cc";
  EXPECT_EQ(judged("buy cheap, click here, free shipping"), Reason::none);
}

TEST_F(FastText, ComparesTheScoreThatItKeeps) {
  const std::string text = "proof buy history";
  const FastTextScore score = fasttext_score(prepare(spec_), text);
  EXPECT_NEAR(score.permille + score.best_other, 1000, 1);
  spec_.min_score_ppm = score.permille * std::uint64_t{1000};
  EXPECT_EQ(judged(text), Reason::none);
  ++spec_.min_score_ppm;
  EXPECT_EQ(judged(text), Reason::fasttext);
}

TEST_F(FastText, AsksForAMargin) {
  spec_.min_score_ppm = 0;
  EXPECT_TRUE(passes(spec_, {100, 900})) << "without one the others do not count";
  spec_.min_margin_ppm = 100'000;
  EXPECT_TRUE(passes(spec_, {550, 450}));
  EXPECT_FALSE(passes(spec_, {549, 450}));
  EXPECT_FALSE(passes(spec_, {400, 600}));
}

TEST_F(FastText, LooksAtTheBeginningOnly) {
  spec_.max_bytes = 12;
  EXPECT_EQ(judged("proof theorem buy cheap click offer shipping discount cart"), Reason::none);
  spec_.max_bytes = 1000;
  EXPECT_EQ(judged("proof theorem buy cheap click offer shipping discount cart"), Reason::fasttext);
  spec_.max_bytes = 1;
  EXPECT_EQ(fasttext_score(prepare(spec_), "é").permille, fasttext_score(prepare(spec_), "").permille) << "no part of a character";
}

TEST_F(FastText, SeveralStandSideBySide) {
  FastTextSpec other;
  other.model = test::train_model(folder_ / "other.bin", "__label__short a b\n__label__long theorem proof lemma\n");
  other.label = "long";
  EXPECT_EQ(FilterChain(std::vector<FilterSpec>{spec_, other}).judge("theorem proof lemma"), Reason::none);
}

TEST_F(FastText, RefusesALabelThatTheModelHasNotBeforeTheFirstText) {
  spec_.label = "good";
  try {
    FilterChain chain(std::vector<FilterSpec>{spec_});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("no label 'good'; it has "));
  }
}

}  // namespace
}  // namespace quern
