#include "quern/extract/html.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace quern {
namespace {

/// Long enough to be taken for part of an article.
std::string sentence(int n) {
  return "Paragraph " + std::to_string(n) +
         " tells, in words enough, how the old mill by the river came to grind the grain of nine villages.";
}

std::string article_of(const std::string& html, Reason wanted = Reason::none) {
  HtmlExtractor extractor;
  std::string text;
  EXPECT_EQ(extractor.article(html, text), wanted);
  EXPECT_TRUE(is_valid_utf8(text));
  return text;
}

std::string all_text_of(const std::string& html, Reason wanted = Reason::none) {
  HtmlExtractor extractor;
  std::string text;
  EXPECT_EQ(extractor.all_text(html, text), wanted);
  EXPECT_TRUE(is_valid_utf8(text));
  return text;
}

std::string repeat(const std::string& part, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += part;
  return result;
}

TEST(Article, LeavesNavigationNoticesAndTeasersOut) {
  const std::string page =
      "<html><head><title>Mill</title><script>var a = '<p>no</p>';</script></head><body>"
      "<nav><ul><li><a href=/>Home</a><li><a href=/news>News</a></ul></nav>"
      "<div class='cookie-consent'><p>We use cookies, and more cookies, to make this page as good as it can be for you.</p></div>"
      "<div id=content><h1>The mill</h1><p>" + sentence(1) + "</p><p>" + sentence(2) + "</p><h2>Water</h2><p>" + sentence(3) +
      "</p><div class=related-posts><p>" + sentence(9) + "</p></div></div>"
      "<footer><p>Copyright, all rights reserved, and so on and so forth, by the owner of the page.</p></footer></body></html>";
  const std::string text = article_of(page);
  EXPECT_NE(text.find(sentence(1) + "\n\n" + sentence(2) + "\n\nWater\n\n" + sentence(3)), std::string::npos) << text;
  for (const char* noise : {"Home", "cookies", "Copyright", "Paragraph 9", "var a"}) {
    EXPECT_EQ(text.find(noise), std::string::npos) << noise;
  }
}

TEST(Article, GivesTheTitleOfThePageBesideIt) {
  HtmlExtractor extractor;
  std::string text, title;
  extractor.article("<title> A &amp;\n B </title><p>" + sentence(1), text, &title);
  EXPECT_EQ(title, "A & B");
  extractor.article("<title>A</title><meta property='og:title' content='O &lt; P'><p>" + sentence(1), text, &title);
  EXPECT_EQ(title, "O < P");
}

TEST(Article, IsFoundInScriptsWithoutSpaces) {
  const std::string prose = "昔々、ある村の川のほとりに、九つの村の穀物を挽く古い水車小屋がありました。人々は毎年秋になると、そこへ麦を運びました。";
  const std::string text = article_of("<div><a href=/>首页</a> <a href=/b>新闻</a></div><div><p>" + prose + "</p><p>" + prose + "</p></div>");
  EXPECT_EQ(text, prose + "\n\n" + prose);
}

TEST(Article, OfAPageWithoutTextIsEmptyWithAReason) {
  EXPECT_EQ(article_of("", Reason::extract_empty), "");
  EXPECT_EQ(article_of("<html><script>x</script></html>", Reason::extract_empty), "");
  EXPECT_EQ(article_of("<nav><a href=a>a</a></nav>", Reason::extract_empty), "");
  EXPECT_EQ(all_text_of("<!-- a --> <p> </p>&nbsp;", Reason::extract_empty), "");
}

TEST(Article, IsTheSameWhateverWasExtractedBefore) {
  const std::string page = "<div class=post><p>" + sentence(1) + "</p><p>" + sentence(2) + "</div>";
  HtmlExtractor used, fresh;
  std::string text, again, title;
  used.article("<title>Other</title><pre>" + repeat("<div>", 400) + "unclosed", text, &title);
  used.article(page, text, &title);
  EXPECT_EQ(title, "");
  fresh.article(page, again);
  EXPECT_EQ(text, again);
  EXPECT_EQ(text, sentence(1) + "\n\n" + sentence(2));
}

TEST(AllText, PartsBlocksByABlankLineAndLinesOfListsAndTablesByOne) {
  EXPECT_EQ(all_text_of("<p>a<p>b<ul><li>c<li>d</ul><table><tr><td>e<td>f<tr><td>g</table>h<br>i<br><br>j"),
            "a\n\nb\n\nc\nd\n\ne\tf\ng\n\nh\ni\n\nj");
}

TEST(AllText, CollapsesWhiteSpaceButNotInPre) {
  EXPECT_EQ(all_text_of("<p> a \n b&nbsp; c </p><pre>\n d\n   e &lt;f&gt;\r\ng</pre>"), "a b c\n\n d\n   e <f>\ng");
}

TEST(AllText, KeepsWordsOfInlineTagsTogether) { EXPECT_EQ(all_text_of("a<b>b</b><i> c</i>d<span>e</span>"), "ab cde"); }

TEST(AllText, DecodesCharacterReferences) {
  EXPECT_EQ(all_text_of("&lt;&amp;&eacute;&#8217;&#x1F600;&copy &notit; &nosuch; &#0; &#xD800; &#128; &; &#; &am"),
            "<&é’😀© ¬it; &nosuch; \uFFFD \uFFFD € &; &#; &am");
}

TEST(AllText, TakesWhatBeginsNoTagAsText) { EXPECT_EQ(all_text_of("1 < 2 <3 a<>b </ c> d"), "1 < 2 <3 a<>b d"); }

TEST(AllText, LeavesOutWhatIsNotShown) {
  EXPECT_EQ(all_text_of("a<script>b</script><style>c</style><template>d</template><noscript>e</noscript><div hidden>f</div>"
                        "<div style='x: y; DISPLAY : none'>g</div><span aria-hidden=true>h</span><select><option>i</select>"
                        "<textarea>j</textarea><!-- k --><?l?><!m><![CDATA[n]]>o"),
            "a\n\no");
}

TEST(AllText, EndsScriptsAtTheirOwnTagOnly) {
  EXPECT_EQ(all_text_of("<script>a </b> </scriptx> '</p>' </SCRIPT >b"), "b");
  EXPECT_EQ(all_text_of("b<script>a </script"), "b");
}

TEST(AllText, ReadsAttributesAsTheyAreQuoted) {
  EXPECT_EQ(all_text_of("<p title='a>b' class=\"c>d\" x=e>f</p><p ='g' / h>i"), "f\n\ni");
  EXPECT_EQ(all_text_of("a<p title='never closed>b"), "a");
}

TEST(AllText, CommentsEndWhereBrowsersEndThem) { EXPECT_EQ(all_text_of("<!-->a<!--->b<!-- c --!>d<!-- -- > e -->f<!-- g"), "abdf"); }

TEST(Hostile, AMillionNestedTagsKeepTheirText) {
  const int n = 1000000;
  const std::string text = all_text_of(repeat("<div>", n) + "deep" + repeat("</div>", n) + "behind");
  EXPECT_EQ(text, "deep\n\nbehind");
}

TEST(Hostile, UnclosedTagsInEveryShapeKeepTheirText) {
  for (const char* open : {"<div>", "<b>", "<p>", "<li>", "<a>", "<table><tr><td>", "<x-y>", "<ul><li>", "<font>", "<h1>",
                           "<option>", "<dd>"}) {
    const std::string text = all_text_of(repeat(open, 200000) + "deep" + repeat("</b>", 200000) + repeat("</x>", 200000));
    EXPECT_EQ(text, "deep") << open;
  }
}

TEST(Hostile, MoreElementsThanTheLimitKeepTheirText) {
  HtmlExtractor extractor(HtmlLimits{.max_depth = 8, .max_elements = 10});
  std::string text;
  EXPECT_EQ(extractor.all_text(repeat("<p>a</p>", 20) + "<div>b</div>", text), Reason::none);
  std::string letters;
  for (const char c : text) letters += c > ' ' ? std::string(1, c) : "";
  EXPECT_EQ(letters, std::string(20, 'a') + "b");
}

TEST(Hostile, LongPiecesOfMarkupAreReadOnce) {
  const int n = 2000000;
  for (const std::string& page : {"<p " + repeat("a b=c ", n) + ">x", repeat("<!--", n), "<script>" + repeat("</scrip", n),
                                  repeat("&amp", n),
                                  repeat("&#", n), repeat("<", n), repeat("<a ", n), repeat("</", n), "<" + repeat("a", n),
                                  repeat("<br>", n) + "x", repeat("\xC2\xA0", n), repeat("<p title=\"", n), "<pre>" + repeat("\r", n)}) {
    HtmlExtractor extractor;
    std::string text;
    extractor.article(page, text);
    EXPECT_LE(text.size(), page.size() * 6 / 5);
  }
}

TEST(Hostile, EveryCutOfAPageGivesValidText) {
  const std::string page = "<div id='a'><p>é &eacute; <a href=\"b\">ü</a><!-- c --><script>d</script><ul>"
                           "<li>\u4e2d&#x4e2d;</ul><pre> e\n</pre></div>";
  ASSERT_GT(page.size(), 100U);
  HtmlExtractor extractor;
  for (std::size_t n = 0; n <= page.size(); ++n) {
    std::string text;
    std::string cut = page.substr(0, n);
    repair_utf8(cut);
    extractor.all_text(cut, text);
    EXPECT_TRUE(is_valid_utf8(text)) << n;
    extractor.article(cut, text);
    EXPECT_TRUE(is_valid_utf8(text)) << n;
  }
}

}  // namespace
}  // namespace quern
