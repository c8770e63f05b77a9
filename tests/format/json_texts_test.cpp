#include "quern/format/json_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

JsonTexts read(std::string_view line, const std::vector<std::string>& fields = {"q", "a"}) { return read_json_texts(line, fields, "id"); }

TEST(JsonTexts, GivesTextsInTheOrderOfTheFieldsAskedFor) {
  const JsonTexts fields = read(R"({"a":"answer","x":[1,{}],"q":"que\u0073tion","id":"7"})");
  EXPECT_EQ(fields.error, "");
  EXPECT_EQ(fields.id, "7");
  EXPECT_THAT(fields.texts, ElementsAre(ElementsAre("question"), ElementsAre("answer")));
}

TEST(JsonTexts, TakesListsOfTexts) {
  EXPECT_THAT(read(R"({"q":["a",["b",3,null],true],"a":[]})").texts, ElementsAre(ElementsAre("a", "b"), IsEmpty()));
}

TEST(JsonTexts, FollowsDotsIntoObjectsAndListsOfThem) {
  EXPECT_THAT(read(R"({"q":{"text":["x","y"],"n":{"d":"z"}}})", {"q.text", "q.n.d", "q.n.none", "q.text.d"}).texts,
              ElementsAre(ElementsAre("x", "y"), ElementsAre("z"), IsEmpty(), IsEmpty()));
  EXPECT_THAT(read(R"({"turns":[{"content":"a"},{"content":"b"},{}]})", {"turns.content"}).texts, ElementsAre(ElementsAre("a", "b")));
  EXPECT_THAT(read(R"({"a.b":"whole","a":{"b":"parts"}})", {"a.b"}).texts, ElementsAre(ElementsAre("whole")));
}

TEST(JsonTexts, MissesNothingThatIsNotThere) { EXPECT_THAT(read(R"({"q":1})").texts, ElementsAre(IsEmpty(), IsEmpty())); }

TEST(JsonTexts, TakesNumbersForIds) {
  EXPECT_EQ(read(R"({"id":12})").id, "12");
  EXPECT_EQ(read(R"({"id":[1]})").id, "");
  EXPECT_EQ(read(R"({})").id, "");
}

TEST(JsonTexts, SaysWhatIsWrong) {
  EXPECT_THAT(read("[1]").error, "not a JSON object");
  EXPECT_THAT(read("{\"q\":").error, ::testing::HasSubstr("parse error"));
  EXPECT_THAT(read("{\"q\":\"\xC3\"}").error, ::testing::HasSubstr("UTF-8"));
  EXPECT_THAT(read(R"({"q":{"text":"x"}})").error, "field 'q' holds neither a text nor a list of texts");
  EXPECT_THAT(read(R"({"q":"\ud800"})").error, ::testing::HasSubstr("surrogate"));
}

TEST(JsonTexts, EndsInDeepNesting) {
  const std::string deep = "{\"q\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_THAT(read(deep).error, ::testing::HasSubstr("field 'q'"));
}

}  // namespace
}  // namespace quern
