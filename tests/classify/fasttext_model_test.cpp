#include "quern/classify/fasttext_model.hpp"

#include "classify/tiny_model.hpp"
#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using ::testing::HasSubstr;

class FastText : public ::testing::Test {
 protected:
  std::string error_of(const SideFile& file) {
    try {
      FastTextModel model(file);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::plan);
      EXPECT_THAT(error.what(), HasSubstr(file.path));
      return error.what();
    }
    return "no error";
  }
  test::TempFolder folder_;
  SideFile tiny_ = test::tiny_quality_model(folder_ / "tiny.bin");
};

TEST_F(FastText, TrainingWithOneThreadGivesTheSameModelAgain) {
  EXPECT_EQ(test::tiny_quality_model(folder_ / "again.bin").digest, tiny_.digest);
}

TEST_F(FastText, NamesLabelsWithoutTheirPrefix) {
  const FastTextModel model(tiny_);
  EXPECT_THAT(model.labels(), ::testing::UnorderedElementsAre("hq", "cc"));
  ASSERT_TRUE(model.label("hq"));
  EXPECT_EQ(model.labels()[*model.label("hq")], "hq");
  EXPECT_FALSE(model.label("__label__hq"));
}

TEST_F(FastText, GivesTheMostProbableLabel) {
  const FastTextModel model(tiny_);
  const auto study = model.best("a proof of the lemma, a theorem"), trade = model.best("click to buy cheap");
  ASSERT_TRUE(study && trade);
  EXPECT_EQ(model.labels()[study->label], "hq");
  EXPECT_EQ(model.labels()[trade->label], "cc");
  EXPECT_GT(study->permille, 800);
  EXPECT_LE(study->permille, 1000);
}

TEST_F(FastText, TakesAllLinesForOne) {
  const FastTextModel model(tiny_);
  EXPECT_EQ(model.scores("unknown\nproof\n\ntheorem lemma\n"), model.scores("unknown proof theorem lemma"));
  EXPECT_NE(model.scores("unknown\nproof"), model.scores("unknown"));
}

TEST_F(FastText, ScoresOfAllLabelsAddUp) {
  const FastTextModel model(tiny_);
  const auto scores = model.scores("proof buy history");
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_NEAR(scores[0] + scores[1], 1000, 1);
  const auto best = model.best("proof buy history");
  ASSERT_TRUE(best);
  EXPECT_EQ(best->permille, std::max(scores[0], scores[1]));
}

TEST_F(FastText, KnowsNothingOfOtherWords) {
  const FastTextModel model(test::train_model(folder_ / "plain.bin", "__label__a x y\n__label__b u v\n"));
  // The end of a line is a word of the model, so that even an empty text has one.
  EXPECT_EQ(model.scores("").size(), 2u);
  EXPECT_EQ(model.scores("completely other words"), model.scores(""));
}

TEST_F(FastText, IsReadOnce) {
  const auto first = load_fasttext_model(tiny_);
  EXPECT_EQ(load_fasttext_model(tiny_), first);
  EXPECT_NE(load_fasttext_model(test::train_model(folder_ / "other.bin", "__label__x a b\n__label__y c d\n")), first);
}

TEST_F(FastText, RefusesWhatIsNoModelOfClasses) {
  EXPECT_THAT(error_of({folder_ / "none.bin", {}}), HasSubstr("cannot be opened"));
  EXPECT_THAT(error_of({tiny_.path, {1, 2}}), HasSubstr("changed"));
  EXPECT_THAT(error_of(test::side_file(folder_ / "text.bin", "words, words, words")), HasSubstr("no fastText model"));
  EXPECT_THAT(error_of(test::side_file(folder_ / "empty.bin", "")), HasSubstr("no fastText model"));
  EXPECT_THAT(error_of(test::train_model(folder_ / "vectors.bin", "a b c d e f\na b c\n", fasttext::model_name::sg)), HasSubstr("word vectors"));
}

TEST_F(FastText, RefusesAModelThatIsCutShortAnywhere) {
  const std::string whole = test::bytes_of(tiny_.path);
  int refused = 0;
  for (const std::size_t bytes : {std::size_t{4}, std::size_t{8}, std::size_t{40}, std::size_t{70}, whole.size() / 4, whole.size() / 2, whole.size() - 1}) {
    EXPECT_THAT(error_of(test::side_file(folder_ / "cut.bin", whole.substr(0, bytes))), HasSubstr("no fastText model")) << bytes;
    ++refused;
  }
  EXPECT_EQ(refused, 7);
}

}  // namespace
}  // namespace quern
