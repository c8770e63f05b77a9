#include "quern/format/tsv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace quern {
namespace {

using ::testing::HasSubstr;

TsvLineParser parser_for(const std::function<void(InputSpec&)>& set, InvalidUtf8 policy = InvalidUtf8::quarantine) {
  InputSpec spec;
  spec.format = InputFormat::tsv;
  set(spec);
  return TsvLineParser(spec, policy);
}

TEST(Tsv, FindsColumnsByTheNamesOfTheHeader) {
  auto parser = parser_for([](InputSpec& spec) { spec.metadata = {"lang", "no", "3"}; });
  EXPECT_TRUE(parser.needs_header());
  parser.header("id\ttext\tlang\tn");
  const LineFields fields = parser.parse("a\tSome text.\ten\t\"1\"");
  EXPECT_EQ(fields.bad, Reason::none) << fields.message;
  EXPECT_EQ(fields.text, "Some text.");
  EXPECT_EQ(fields.own_id, "a");
  EXPECT_EQ(fields.metadata, R"({"lang":"en","3":"\"1\""})");
  parser.header("text\tid");
  EXPECT_EQ(parser.parse("x\ty").own_id, "y") << "the next file has another header";
}

TEST(Tsv, FindsColumnsByNumberAndByTheNamesOfTheJob) {
  auto numbers = parser_for([](InputSpec& spec) {
    spec.header = false;
    spec.text_field = "2";
    spec.id_field = "0";
    spec.all_metadata = true;
  });
  EXPECT_FALSE(numbers.needs_header());
  const LineFields fields = numbers.parse("a\tb\tc\td");
  EXPECT_EQ(fields.text, "c");
  EXPECT_EQ(fields.own_id, "a");
  EXPECT_EQ(fields.metadata, R"({"1":"b","3":"d"})");
  EXPECT_EQ(numbers.parse("a\tb").bad, Reason::field);
  auto names = parser_for([](InputSpec& spec) {
    spec.columns = {"url", "text"};
    spec.date_field = "0";
  });
  EXPECT_FALSE(names.needs_header());
  EXPECT_EQ(names.parse("u\tt").url, "u");
  EXPECT_EQ(names.parse("u\tt").date, "u");
}

TEST(Tsv, ALineWithOtherColumnsThanNamesIsABadRecord) {
  auto parser = parser_for([](InputSpec&) {});
  parser.header("text\tid");
  for (const char* line : {"x", "x\ty\tz"}) {
    const LineFields fields = parser.parse(line);
    EXPECT_EQ(fields.bad, Reason::field);
    EXPECT_THAT(fields.message, HasSubstr("names for 2"));
  }
  parser.header("a\tb");
  EXPECT_EQ(parser.parse("x\ty").message, "no column 'text'");
  parser.no_header("why");
  EXPECT_EQ(parser.parse("x\ty").message, "why");
}

TEST(Tsv, ReadsEscapesWhereTheJobSaysSo) {
  const auto columns = [](InputSpec& spec) {
    spec.columns = {"text", "id", "m"};
    spec.metadata = {"m"};
  };
  EXPECT_EQ(parser_for(columns).parse("a\\tb\t\\N\t").text, "a\\tb");
  auto parser = parser_for([&](InputSpec& spec) {
    columns(spec);
    spec.escapes = true;
  });
  const LineFields fields = parser.parse("a\\tb\\\\t\\n\\r\\b\\f\\v\\q\\\t\\N\tx\\ty");
  EXPECT_EQ(fields.text, "a\tb\\t\n\r\b\f\vq\\");
  EXPECT_EQ(fields.own_id, "");
  EXPECT_EQ(fields.metadata, R"({"m":"x\ty"})");
  EXPECT_EQ(parser.parse("t\ti\t\\N").metadata, R"({"m":null})");
  EXPECT_EQ(parser.parse("\\N\ti\t").bad, Reason::field);
}

TEST(Tsv, FollowsTheUtf8Policy) {
  const auto columns = [](InputSpec& spec) { spec.columns = {"id", "text"}; };
  auto strict = parser_for(columns);
  const LineFields bad = strict.parse("i\tab\xff");
  EXPECT_EQ(bad.bad, Reason::utf8);
  EXPECT_EQ(bad.message, "byte 4: invalid UTF-8");
  EXPECT_EQ(bad.own_id, "i");
  auto lenient = parser_for(columns, InvalidUtf8::repair);
  EXPECT_EQ(lenient.parse("i\tab\xff").text, "ab\uFFFD");
}

}  // namespace
}  // namespace quern
