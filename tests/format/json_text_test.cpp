#include "quern/format/json_text.hpp"

#include <gtest/gtest.h>

namespace quern {
namespace {

TEST(JsonText, EscapesWhatJsonAsksForAndKeepsTheRest) {
  EXPECT_EQ(json_string("a\"b\\c\n\t\x01 é 😀"), "\"a\\\"b\\\\c\\n\\t\\u0001 é 😀\"");
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("x\xff"), "\"x\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace quern
