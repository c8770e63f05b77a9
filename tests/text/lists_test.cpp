#include "quern/base/error.hpp"
#include "quern/text/list_lines.hpp"
#include "quern/text/phrase_finder.hpp"
#include "quern/text/string_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

using namespace quern;

TEST(ListLines, AreTrimmedAndNumbered) {
  const auto lines = list_lines("\uFEFF# about\n one two \r\n\n\u00A0e\u0301\u3000\n#x", "list", ListComments::hash);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].text, "one two");
  EXPECT_EQ(lines[0].number, 2u);
  EXPECT_EQ(lines[1].text, "\u00E9");
  EXPECT_EQ(lines[1].number, 4u);
  EXPECT_EQ(list_lines("#x\n", "list", ListComments::none).size(), 1u);
  EXPECT_TRUE(list_lines("", "list", ListComments::none).empty());
}

TEST(ListLines, NameALineThatIsNoText) {
  try {
    list_lines("a\n\xC3(\n", "some/list", ListComments::none);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_EQ(std::string(error.what()).rfind("some/list:2:", 0), 0u);
  }
}

TEST(StringSet, HasWhatWasAddedAndNothingElse) {
  StringSet set;
  EXPECT_FALSE(set.has(""));
  std::set<std::string> reference;
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string s = std::to_string(random() % 20'000);
    set.add(s);
    reference.insert(s);
  }
  EXPECT_EQ(set.size(), reference.size());
  std::size_t found = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string s = std::to_string(i);
    ASSERT_EQ(set.has(s), reference.contains(s));
    found += set.has(s);
  }
  EXPECT_EQ(found, reference.size());
  EXPECT_FALSE(set.has(""));
  set.add("");
  EXPECT_TRUE(set.has(""));
}

TEST(PhraseFinder, AgreesWithSearchingForEach) {
  std::mt19937_64 random(2);
  std::size_t found = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto word = [&](std::size_t most) {
      std::string s;
      for (std::size_t k = 1 + random() % most; k > 0; --k) s += static_cast<char>('a' + random() % 3);
      return s;
    };
    std::vector<std::string> phrases;
    for (std::size_t k = random() % 5; k > 0; --k) phrases.push_back(word(6));
    const std::string text = word(14);
    bool expected = false;
    for (const std::string& phrase : phrases) expected |= text.find(phrase) != std::string::npos;
    ASSERT_EQ(PhraseFinder(phrases).stands_in(text), expected) << text;
    found += expected;
  }
  EXPECT_GT(found, 500u);
  EXPECT_LT(found, 3500u);
}

TEST(PhraseFinder, TakesAnyBytesAndNoPhrases) {
  EXPECT_FALSE(PhraseFinder().stands_in("x"));
  EXPECT_TRUE(PhraseFinder().empty());
  EXPECT_FALSE(PhraseFinder({""}).stands_in("x"));
  EXPECT_TRUE(PhraseFinder({std::string("\0\xFF", 2)}).stands_in(std::string("a\0\xFF", 3)));
  EXPECT_TRUE(PhraseFinder({"x"}).stands_in("abx"));
  EXPECT_FALSE(PhraseFinder({"xy"}).stands_in("abx"));
}

TEST(PhraseFinder, IsLinearInHostileText) {
  std::vector<std::string> phrases;
  for (std::size_t n = 1; n < 2000; n += 7) phrases.push_back(std::string(n, 'a') + "b");
  EXPECT_FALSE(PhraseFinder(phrases).stands_in(std::string(3'000'000, 'a')));
}
