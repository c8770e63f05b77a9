#include "extract/marks.hpp"
#include "extract/tags.hpp"

#include <gtest/gtest.h>

#include <string>

namespace quern {
namespace {

TEST(MarkFinder, FindsWordsInAllWaysToJoinThem) {
  const MarkFinder marks;
  for (const char* name : {"article-body", "article_body", "articleBody", "ArticleBody", "x article__body--y", "article body"}) {
    EXPECT_TRUE(marks.find(name) & kBodyMark) << name;
  }
  EXPECT_FALSE(marks.find("particle-bodyguard") & kBodyMark);
}

TEST(MarkFinder, KnowsWholeWordsFromParts) {
  const MarkFinder marks;
  EXPECT_TRUE(marks.find("ad") & kAdMark);
  EXPECT_TRUE(marks.find("top-ad-2") & kAdMark);
  EXPECT_FALSE(marks.find("header-adapter") & kAdMark);
  EXPECT_EQ(marks.find(""), 0U);
  EXPECT_EQ(marks.find("--- 12 \u4e2d\u6587"), 0U);
}

TEST(MarkFinder, FindsSeveralWordsOfOneName) {
  const Marks found = MarkFinder().find("footer social-share sidebar");
  EXPECT_TRUE(found & kFooterMark);
  EXPECT_TRUE(found & kShareMark);
  EXPECT_TRUE(found & kSideMark);
  EXPECT_FALSE(found & kNavMark);
}

TEST(FindTag, KnowsEveryTagOfItsListInAnyCaseAndNoOther) {
  int seen = 0;
  for (int t = 1; t < static_cast<int>(Tag::count_); ++t) {
    const auto tag = static_cast<Tag>(t);
    std::string name(tag_name(tag));
    ASSERT_FALSE(name.empty()) << t;
    EXPECT_EQ(find_tag(name), tag);
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    EXPECT_EQ(find_tag(name), tag) << name;
    ++seen;
  }
  EXPECT_GT(seen, 100);
  for (const char* name : {"", "x", "custom-tag", "h7", "tablet", "template2", "figcaptions", "blockquotes"}) {
    EXPECT_EQ(find_tag(name), Tag::other) << name;
  }
}

}  // namespace
}  // namespace quern
