// The rules by which an article is told from what stands around it, one by one.

#include "quern/extract/html.hpp"

#include <gtest/gtest.h>

#include <string>

namespace quern {
namespace {

std::string prose(int n) {
  return "Sentence " + std::to_string(n) +
         " is long enough, with its comma and its full stop, to be taken for a part of an article's text.";
}

std::string p(int n) { return "<p>" + prose(n) + "</p>"; }

std::string article_of(const std::string& html) {
  HtmlExtractor extractor;
  std::string text;
  extractor.article(html, text);
  return text;
}

/// The article of `inside` between three paragraphs before and one after it.
std::string around(const std::string& inside) { return "<div class=x>" + p(1) + p(2) + p(3) + inside + p(4) + "</div>"; }

const std::string kAround = prose(1) + "\n\n" + prose(2) + "\n\n" + prose(3) + "\n\n";

TEST(Choose, LeavesOutWhatNamesCallBoilerplateInAnyWritingOfTheName) {
  int seen = 0;
  for (const char* name : {"class=sidebar", "class='related-posts'", "class=RelatedPosts", "id=comments", "class='x social_share y'",
                           "class=newsletter-signup", "class=ad", "class='ad-slot'", "class=js-cookie-banner", "id=onetrust-banner", "class=kommentare",
                           "class=werbung", "class=publicidad", "class=relacionadas", "class=commentaires", "role=navigation", "role=complementary",
                           "hidden", "style='display:none'", "aria-hidden=true", "class=sr-only", "class=byline", "class='image-caption'"}) {
    EXPECT_EQ(article_of(around("<div " + std::string(name) + ">" + p(9) + "</div>")), kAround + prose(4)) << name;
    ++seen;
  }
  EXPECT_EQ(seen, 23);
}

TEST(Choose, LeavesOutElementsMadeForOtherThings) {
  int seen = 0;
  for (const char* tag : {"nav", "aside", "footer", "form", "figure", "menu", "noscript", "template", "dialog", "select", "button"}) {
    EXPECT_EQ(article_of(around("<" + std::string(tag) + ">" + p(9) + "</" + tag + ">")), kAround + prose(4)) << tag;
    ++seen;
  }
  EXPECT_EQ(seen, 11);
}

TEST(Choose, KeepsWordsThatOnlyLookLikeNamesOfBoilerplate) {
  int seen = 0;
  for (const char* name : {"class=adapter", "class=shadow", "class=heading", "class=download", "class=dialogue", "class=address",
                           "id=navy", "class=unavailable"}) {
    EXPECT_EQ(article_of(around("<div " + std::string(name) + ">" + p(9) + "</div>")), kAround + prose(9) + "\n\n" + prose(4)) << name;
    ++seen;
  }
  EXPECT_EQ(seen, 8);
}

TEST(Choose, TakesANameThatHoldsHalfOfThePageForThatOfItsFrame) {
  EXPECT_EQ(article_of("<div class='has-sidebar'>" + p(1) + p(2) + "</div>"), prose(1) + "\n\n" + prose(2));
}

TEST(Choose, FindsTheArticleAmongTeasersAndComments) {
  std::string teasers, comments;
  for (int i = 20; i < 32; ++i) teasers += "<div class=item><a href=x>" + prose(i) + "</a></div>";
  for (int i = 40; i < 52; ++i) comments += "<li>" + p(i) + "</li>";
  const std::string page = "<body><div>" + teasers + "</div><div id=a>" + p(1) + p(2) + p(3) +
                           "</div><ol class=comment-list>" + comments + "</ol></body>";
  EXPECT_EQ(article_of(page), prose(1) + "\n\n" + prose(2) + "\n\n" + prose(3));
}

TEST(Choose, TakesAPageThatIsAllCommentsForItsText) {
  EXPECT_EQ(article_of("<div class=comments>" + p(1) + p(2) + p(3) + "</div>"), prose(1) + "\n\n" + prose(2) + "\n\n" + prose(3));
}

TEST(Choose, PrefersWhatIsNamedAsTheBodyToWhatHoldsMore) {
  const std::string others = "<div>" + p(11) + p(12) + p(13) + p(14) + "</div>", three = p(1) + p(2) + p(3),
                    text = kAround.substr(0, kAround.size() - 2);
  EXPECT_EQ(article_of("<div itemprop=articleBody>" + three + "</div>" + others), text);
  EXPECT_EQ(article_of("<div class=entry-content>" + three + p(4) + p(5) + "</div>" + others), kAround + prose(4) + "\n\n" + prose(5));
  EXPECT_NE(article_of("<div>" + three + p(4) + p(5) + "</div>" + others).find(prose(11)), std::string::npos);
}

TEST(Choose, PutsTheBodysPartsTogether) {
  const std::string part = "<section><div class='story-body'>", end = "</div></section>";
  EXPECT_EQ(article_of("<main>" + part + p(1) + p(2) + end + "<div class=ad>x</div>" + part + p(3) + end + "</main>"),
            prose(1) + "\n\n" + prose(2) + "\n\n" + prose(3));
}

TEST(Choose, LeavesOutListsAndLinesOfLinks) {
  EXPECT_EQ(article_of(around("<ul><li><a href=a>One thing</a><li><a href=b>Another thing</a></ul>"
                              "<p>More: <a href=c>" + prose(9) + "</a></p>")),
            kAround + prose(4));
  EXPECT_EQ(article_of(around("<ul><li>One <a href=a>thing</a> and words<li>Another with more words</ul>")),
            kAround + "One thing and words\nAnother with more words\n\n" + prose(4));
}

TEST(Choose, LeavesOutThePagesTitleAndWhatStandsAtIt) {
  EXPECT_EQ(article_of("<div><h1>Title</h1><div>By A. Writer</div><div>1 May</div>" + p(1) + p(2) + "</div>"),
            prose(1) + "\n\n" + prose(2));
  EXPECT_EQ(article_of("<title>A title of the page | Site</title><div><h2>A title of the page</h2>" + p(1) + p(2) + "</div>"),
            prose(1) + "\n\n" + prose(2));
  EXPECT_EQ(article_of("<div><h2>First part</h2>" + p(1) + p(2) + "</div>"), "First part\n\n" + prose(1) + "\n\n" + prose(2));
}

TEST(Choose, LeavesOutShortLinesAndHeadingsAtTheEnd) {
  EXPECT_EQ(article_of("<div>" + p(1) + p(2) + "<h3>Comments</h3><div>Add yours</div></div>"), prose(1) + "\n\n" + prose(2));
  EXPECT_EQ(article_of("<div>" + p(1) + p(2) + "<p>The end.</p></div>"), prose(1) + "\n\n" + prose(2) + "\n\nThe end.");
}

TEST(Choose, LeavesOutAHeadingWhoseSectionIsLeftOut) {
  EXPECT_EQ(article_of(around("<h2>You may like</h2><ul><li><a href=a>One</a><li><a href=b>Two</a></ul><h2>On with it</h2>")),
            kAround + "On with it\n\n" + prose(4));
}

TEST(Choose, KeepsPostsOfSocialNetworksThatAreQuoted) {
  EXPECT_EQ(article_of(around("<div class=social-embed><blockquote class=twitter-tweet><p>On it.</p>Someone</blockquote></div>")),
            kAround + "On it.\n\nSomeone\n\n" + prose(4));
}

TEST(Choose, TakesAPageThatIsNoMoreThanItsTextAsItIs) {
  EXPECT_EQ(article_of(prose(1)), prose(1));
  EXPECT_EQ(article_of("<h1>abc</h1><p>def</p>"), "abc\n\ndef");
  EXPECT_EQ(article_of("<p>abc <a href=a>a link far longer than the words around it</a>"), "");
}

TEST(Choose, SeesTextInDivsWithLineBreaksAsParagraphs) {
  EXPECT_EQ(article_of("<div id=menu><a href=a>a</a></div><div>" + prose(1) + "<br><br>" + prose(2) + "<br>" + prose(3) + "</div>"),
            prose(1) + "\n\n" + prose(2) + "\n" + prose(3));
}

}  // namespace
}  // namespace quern
