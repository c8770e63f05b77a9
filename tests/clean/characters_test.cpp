#include "clean/steps.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

using namespace quern;
using quern::test::after;

TEST(WhiteSpace, CollapsesRunsAndTrimsEnds) {
  EXPECT_EQ(after(WhiteSpaceSpec{}, "  a \t b\u00A0\u00A0c  \n  d\u3000e \n\n\n\n f \n\n"), "a b c\nd e\n\nf");
  EXPECT_EQ(after(WhiteSpaceSpec{}, "a b\nc d"), "a b\nc d");
  EXPECT_EQ(after(WhiteSpaceSpec{}, " \n\t\n"), "");
  EXPECT_EQ(after(WhiteSpaceSpec{}, ""), "");
  EXPECT_EQ(after(WhiteSpaceSpec{}, "x "), "x");
  EXPECT_EQ(after(WhiteSpaceSpec{}, "\u201Cx\u201D \u2014 y"), "\u201Cx\u201D \u2014 y");
}

TEST(WhiteSpace, MakesLineEndsOfSeparators) {
  EXPECT_EQ(after(WhiteSpaceSpec{}, "a\u2028b\u2029 \u2029c"), "a\nb\n\nc");
  EXPECT_EQ(after(WhiteSpaceSpec{false, true, false, 9}, "a\u2028b"), "a\nb");
}

TEST(WhiteSpace, HasAKeyForEachThingItDoes) {
  const std::string text = "\n\n  if x:\n      y  z \n\n\n\nend \n";
  EXPECT_EQ(after(WhiteSpaceSpec{true, true, true, 1}, text), "  if x:\n      y z\n\nend");
  EXPECT_EQ(after(WhiteSpaceSpec{true, false, false, 2}, text), "\n\n if x:\n y z \n\n\nend \n");
  EXPECT_EQ(after(WhiteSpaceSpec{false, true, false, 1'000'000'000}, text), text);
  EXPECT_EQ(after(WhiteSpaceSpec{true, false, true, 0}, text), "if x:\ny z\nend");
  EXPECT_EQ(after(WhiteSpaceSpec{false, false, true, 1}, "a  b  \n  c"), "a  b\nc");
}

TEST(TrimLines, RemovesSpacesAndTabsAtLineEnds) { EXPECT_EQ(after(TrimLinesSpec{}, " a \t\n \nb  "), " a\n\nb"); }

TEST(ZeroWidth, RemovesWhatShowsNothing) {
  EXPECT_EQ(after(ZeroWidthSpec{}, "a\u200Bb\u2060c\u2064d\u00ADe\u202Ef\u2066g\u200Eh\u061Ci\u206Aj"), "abcdefghij");
  EXPECT_EQ(after(ZeroWidthSpec{}, "\u2010\u2014\u2026\u2065\u00AE"), "\u2010\u2014\u2026\u2065\u00AE");
}

TEST(ZeroWidth, KeepsJoinersAndVariantsUnlessTold) {
  const std::string text = "\u0645\u06CC\u200C\u062E \u0915\u094D\u200D\u0937 \u2764\uFE0F \u845B\U000E0100";
  EXPECT_EQ(after(ZeroWidthSpec{}, text), text);
  EXPECT_EQ(after(ZeroWidthSpec{.joiners = true, .variation_selectors = true}, text),
            "\u0645\u06CC\u062E \u0915\u094D\u0937 \u2764 \u845B");
}

TEST(ZeroWidth, RemovesHiddenTagsButNoFlags) {
  const std::string england = "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F";
  EXPECT_EQ(after(ZeroWidthSpec{}, england + "x\U000E0068\U000E0069" + england + "\U0001F600\U000E0068"), england + "x" + england + "\U0001F600");
  EXPECT_EQ(after(ZeroWidthSpec{}, "\U000E0068x"), "x");
  EXPECT_EQ(after(ZeroWidthSpec{.bidi = false, .soft_hyphens = false, .tags = false}, "\u202E\u00AD\U000E0068\u200B"), "\u202E\u00AD\U000E0068");
}

TEST(ControlCharacters, RemovesNoncharactersAndAnnotations) {
  EXPECT_EQ(after(ControlCharactersSpec{}, "a\uFFFE\uFFFF\uFDD0\uFDEF\U0001FFFE\U0010FFFF" "b\uFFF9\uFFFC\uFFFD\uE000\U000F0000\uFDCF\uFDF0"),
            "ab\uFFFD\uE000\U000F0000\uFDCF\uFDF0");
  EXPECT_EQ(after(ControlCharactersSpec{false, false, true, true}, "a\uFFFE\uFFF9\uFFFD\uE000\uF8FF\U000F0000\U0010FFFDb"), "a\uFFFE\uFFF9b");
}

TEST(Punctuation, MapsToAscii) {
  EXPECT_EQ(after(PunctuationSpec{}, "\u201CIt\u2019s\u201D \u00ABso\u00BB \u2013 a\u2014b\u2026 \uFF21\uFF10\uFF01\u3000x \u2212\u2032"),
            "\"It's\" \"so\" - a-b... A0! x -'");
  EXPECT_EQ(after(PunctuationSpec{}, "\u6F22\u3002\u300C\u00A9\u00E9\u2022"), "\u6F22\u3002\u300C\u00A9\u00E9\u2022");
  EXPECT_EQ(after(PunctuationSpec{.cjk = true}, "\u6F22\u3002\u300C\u5B57\u300D\u3001\u3010x\u3011"), "\u6F22.\"\u5B57\",[x]");
  EXPECT_EQ(after(PunctuationSpec{false, false, false, false, false}, "\u2018\u2013\u2026\uFF01"), "\u2018\u2013\u2026\uFF01");
}

TEST(Entities, DecodesNamesAndNumbers) {
  EXPECT_EQ(after(EntitiesSpec{}, "&lt;b&gt; &amp; &eacute;&nbsp;&#233;&#xE9;&#XE9; &NotEqualTilde;&CounterClockwiseContourIntegral;"),
            "<b> & \u00E9\u00A0\u00E9\u00E9\u00E9 \u2242\u0338\u2233");
  EXPECT_EQ(after(EntitiesSpec{}, "AT&T & &unknown; &; &#; &#x; &#xg; & lt; &lt &copy=2 &"), "AT&T & &unknown; &; &#; &#x; &#xg; & lt; &lt &copy=2 &");
  EXPECT_EQ(after(EntitiesSpec{}, "&#146;&#0;&#xD800;&#x110000;&#99999999999999999999;"), "\u2019\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Entities, TakesBareNamesAsAttributesDo) {
  EXPECT_EQ(after(EntitiesSpec{.without_semicolon = true}, "&lt &copy 2 &copy=2 &notit &alpha &#65 &#65z &#x41"), "< \u00A9 2 &copy=2 &notit &alpha A &#65z A");
}

TEST(Entities, DecodesAsOftenAsTold) {
  EXPECT_EQ(after(EntitiesSpec{}, "&amp;amp;lt;"), "&amp;lt;");
  EXPECT_EQ(after(EntitiesSpec{.times = 2}, "&amp;amp;lt;"), "&lt;");
  EXPECT_EQ(after(EntitiesSpec{.times = 5}, "&amp;amp;lt;"), "<");
}

TEST(Entities, GrowTheText) {
  std::string text, expected;
  for (int i = 0; i < 1000; ++i) {
    text += "&nGt;";
    expected += "\u226B\u20D2";
  }
  EXPECT_EQ(after(EntitiesSpec{}, text), expected);
}

TEST(RemoveUrls, RemovesAddressesAndNotWhatStandsAroundThem) {
  EXPECT_EQ(after(RemoveUrlsSpec{}, "See http://a.org/x?y=1#z, and (https://b.org/w_(c)). WWW.c.org! ftp://d.org."), "See , and (). ! .");
  EXPECT_EQ(after(RemoveUrlsSpec{"<url>"}, "[x](http://a.org) \u898Bhttp://a.org\u3002\u6F22"), "[x](<url>) \u898Bhttp://a.org\u3002\u6F22");
  EXPECT_EQ(after(RemoveUrlsSpec{}, "\u3001http://a.org/\u0434\u043E\u043C\u6F22"), "\u3001\u6F22");
  EXPECT_EQ(after(RemoveUrlsSpec{}, "http:// https://, www. www.. a://b.c xhttp://a.b swww.x file://x"), "http:// https://, www. www.. a://b.c xhttp://a.b swww.x file://x");
}

TEST(RemoveEmoji, RemovesWholeSequences) {
  EXPECT_EQ(after(RemoveEmojiSpec{}, "a\U0001F600b\u2764\uFE0Fc\U0001F468\u200D\U0001F469\u200D\U0001F467d\U0001F44D\U0001F3FDe"), "abcde");
  EXPECT_EQ(after(RemoveEmojiSpec{.symbols = false, .replacement = "*"}, "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7 1\uFE0F\u20E3#\u20E3 5"), "** ** 5");
  EXPECT_EQ(after(RemoveEmojiSpec{}, "\U0001F3F4\U000E0067\U000E0062\U000E007F!"), "!");
}

TEST(RemoveEmoji, KeepsTextStyleSymbols) {
  const std::string text = "\u2764 \u00A9 \u2122 \u2714 \u25B6 \u231A\uFE0E 5 # \u20E3x\uFE0F";
  EXPECT_EQ(after(RemoveEmojiSpec{}, text), text);
  EXPECT_EQ(after(RemoveEmojiSpec{.symbols = true, .replacement = ""}, "\u2764\u2714x\u231A\uFE0E \u00A9\u2122\u2192"), "x \u00A9\u2122\u2192");
}

TEST(RemoveHashtags, RemovesTagsAndNothingLikeThem) {
  EXPECT_EQ(after(RemoveHashtagsSpec{}, "#one two (#three_3) #\u0434\u043E\u043C #\u6F22\u5B57!"), " two ()  !");
  const std::string kept = "C# # heading #1 a#b /#x &#39; ##x @name me@home.org";
  EXPECT_EQ(after(RemoveHashtagsSpec{}, kept), kept);
  EXPECT_EQ(after(RemoveHashtagsSpec{.mentions = true, .keep_words = false}, "@name, me@home.org @1 (@a_b)"), ", me@home.org @1 ()");
  EXPECT_EQ(after(RemoveHashtagsSpec{.mentions = true, .keep_words = true}, "#tag @name"), "tag name");
}

TEST(LowerCase, FollowsUnicode) {
  EXPECT_EQ(after(LowerCaseSpec{}, "ABC xyz [@`{ 09"), "abc xyz [@`{ 09");
  EXPECT_EQ(after(LowerCaseSpec{}, "\u00C9\u0130\u1E9E\u0391\u03A3 \u039F\u0394\u039F\u03A3 \u03A3\u0391\u03A3' \u24B6\u2160"),
            "\u00E9i\u0307\u00DF\u03B1\u03C2 \u03BF\u03B4\u03BF\u03C2 \u03C3\u03B1\u03C2' \u24D0\u2170");
}
