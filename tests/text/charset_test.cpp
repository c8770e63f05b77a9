#include "quern/text/charset.hpp"
#include "quern/base/error.hpp"
#include "quern/text/utf8.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace quern {
namespace {

std::string decoded(std::string_view bytes, std::string_view charset) {
  std::string out = "left over";
  to_utf8(bytes, charset, out);
  return out;
}

TEST(Charset, KnowsLabelsInAnyCaseAndWithSpaceAround) {
  EXPECT_EQ(charset_of_label("iso-8859-1"), "windows-1252");
  EXPECT_EQ(charset_of_label(" Latin1\t"), "windows-1252");
  EXPECT_EQ(charset_of_label("US-ASCII"), "windows-1252");
  EXPECT_EQ(charset_of_label("UTF8"), "utf-8");
  EXPECT_EQ(charset_of_label("gb2312"), "gbk");
  EXPECT_EQ(charset_of_label("x-sjis"), "shift_jis");
  EXPECT_EQ(charset_of_label("ISO-8859-9"), "windows-1254");
  EXPECT_EQ(charset_of_label("utf-16"), "utf-16le");
  for (const std::string_view none : {"", " ", "utf-7", "latin", "utf-8x", "a label that is longer than any that there is, by far"}) EXPECT_EQ(charset_of_label(none), "");
}

TEST(Charset, DecodesEveryCharsetThatALabelNames) {
  const char* const labels[] = {"utf-8", "866", "l2", "l3", "l4", "cyrillic", "arabic", "greek", "hebrew", "logical", "l6", "iso-8859-13", "iso-8859-14", "l9", "iso-8859-16", "koi",
                                "koi8-u", "mac", "tis-620", "cp1250", "cp1251", "cp1252", "cp1253", "l5", "cp1255", "cp1256", "cp1257", "cp1258", "x-mac-cyrillic", "gbk", "gb18030",
                                "big5", "euc-jp", "iso-2022-jp", "sjis", "korean", "iso-2022-kr", "hz-gb-2312", "iso-2022-cn", "utf-16be", "utf-16le", "x-user-defined"};
  std::string every;
  for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
  std::set<std::string> results;
  for (const char* const label : labels) {
    const std::string_view charset = charset_of_label(label);
    ASSERT_NE(charset, "") << label;
    const std::string text = decoded(every, charset);
    EXPECT_TRUE(is_valid_utf8(text)) << label;
    EXPECT_FALSE(text.empty()) << label;
    results.insert(text);
    if (!charset.starts_with("utf-16")) {
      EXPECT_EQ(decoded("plain ASCII", charset), "plain ASCII") << label;
    }
  }
  EXPECT_GT(results.size(), 38u);  // iso-8859-8 twice, gbk as gb18030
  EXPECT_THROW(decoded("a", "no charset"), Error);
}

TEST(Charset, DecodesKnownTexts) {
  EXPECT_EQ(decoded("caf\xE9 \x80 \x93q\x94 \x81", "windows-1252"), "café € “q” \xC2\x81");
  EXPECT_EQ(decoded("\xA4\xC1\xE3\xE2", "iso-8859-16"), "€Áăâ");
  EXPECT_EQ(decoded("\xCF\xF0\xE8\xE2\xE5\xF2", "windows-1251"), "Привет");
  EXPECT_EQ(decoded("\xF0\xD2\xC9\xD7\xC5\xD4", "koi8-r"), "Привет");
  EXPECT_EQ(decoded("\x93\xFA\x96{\x8C\xEA \\ \xB1", "shift_jis"), "日本語 \\ ｱ");
  EXPECT_EQ(decoded("\xC6\xFC\xCB\xDC\xB8\xEC", "euc-jp"), "日本語");
  EXPECT_EQ(decoded("\x1B$BF|K\\8l\x1B(B", "iso-2022-jp"), "日本語");
  EXPECT_EQ(decoded("\xD6\xD0\xCE\xC4", "gbk"), "中文");
  EXPECT_EQ(decoded("\xD6\xD0\x90\x30\x81\x30", "gb18030"), "中𐀀");
  EXPECT_EQ(decoded("\xA4\xA4\xA4\xE5", "big5"), "中文");
  EXPECT_EQ(decoded("\xC7\xD1\xB1\xDB", "euc-kr"), "한글");
  EXPECT_EQ(decoded(std::string_view("\xFF\xFE" "a\0\x3D\xD8\x00\xDE", 8), "utf-16le"), "a😀");
  EXPECT_EQ(decoded(std::string_view("\xFE\xFF\x04\x16", 4), "utf-16be"), "Ж");
  EXPECT_EQ(decoded("\xEF\xBB\xBF" "a\xFFz", "utf-8"), "a\uFFFDz");
}

TEST(Charset, PutsAReplacementWhereThereIsNoCharacter) {
  EXPECT_EQ(decoded("a\xC7", "euc-kr"), "a\uFFFD");
  EXPECT_EQ(decoded("a\xFDz", "iso-8859-6"), "a\uFFFDz");
  EXPECT_EQ(decoded(std::string_view("a\0\x00\xDC", 4), "utf-16le"), "a\uFFFD");
  EXPECT_EQ(decoded("\x93", "shift_jis"), "\uFFFD");  // cut off inside a character
}

TEST(Charset, GivesValidUtf8WhateverTheBytes) {
  std::mt19937 random(3);
  std::string bytes;
  int tried = 0;
  for (const std::string_view label : {"utf-8", "cp1252", "sjis", "euc-jp", "gb18030", "big5", "korean", "utf-16", "utf-16be", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "iso-2022-cn", "l2"}) {
    for (int round = 0; round < 50; ++round, ++tried) {
      bytes.resize(random() % 40000);
      for (char& c : bytes) c = static_cast<char>(random());
      const std::string text = decoded(bytes, charset_of_label(label));
      ASSERT_TRUE(is_valid_utf8(text)) << label;
      ASSERT_LE(text.size(), 3 * bytes.size() + 3) << label;
    }
  }
  EXPECT_EQ(tried, 14 * 50);
}

TEST(Charset, FindsWhatAMetaElementDeclares) {
  EXPECT_EQ(charset_of_meta("<!doctype html><html><head><meta charset=\"koi8-r\">"), "koi8-r");
  EXPECT_EQ(charset_of_meta("<META CharSet = 'UTF-8' />"), "utf-8");
  EXPECT_EQ(charset_of_meta("<meta/charset=big5>"), "big5");
  EXPECT_EQ(charset_of_meta("<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>"), "shift_jis");
  EXPECT_EQ(charset_of_meta("<meta content='text/html; charset=\"gbk\"' http-equiv='content-type'>"), "gbk");
  EXPECT_EQ(charset_of_meta("<meta content='text/html; charset=gbk'>"), "");  // no pragma
  EXPECT_EQ(charset_of_meta("<meta http-equiv=content-type content='charset charset = latin2;x'>"), "iso-8859-2");
  EXPECT_EQ(charset_of_meta("<meta http-equiv=content-type content='text/html'><meta charset=l2>"), "iso-8859-2");
  EXPECT_EQ(charset_of_meta("<meta charset=nothing><meta charset=l2>"), "iso-8859-2");
  EXPECT_EQ(charset_of_meta("<meta charset=l2 charset=l3>"), "iso-8859-2");
  EXPECT_EQ(charset_of_meta("<meta charset=utf-16le>"), "utf-8");
  EXPECT_EQ(charset_of_meta("<meta charset=x-user-defined>"), "windows-1252");
  EXPECT_EQ(charset_of_meta("<!-- <meta charset=l2> --><meta charset=l3>"), "iso-8859-3");
  EXPECT_EQ(charset_of_meta("<!--><meta charset=l3>"), "iso-8859-3");
  EXPECT_EQ(charset_of_meta("<a title='<meta charset=l2>'><meta charset=l3>"), "iso-8859-3");
  EXPECT_EQ(charset_of_meta("</a title=x><?xml <?><meta charset=l3>"), "iso-8859-3");
  EXPECT_EQ(charset_of_meta("1 < 2 <metal charset=l2><meta charset=l3>"), "iso-8859-3");
  for (const std::string_view none : {"", "<", "<meta", "<meta ", "<meta charset", "<meta charset=", "<meta charset=l2", "<meta charset='l2", "<!-- <meta charset=l2>", "<a b='<meta charset=l2>",
                                      "<meta http-equiv=content-type content='charset'>", "<meta http-equiv=content-type content='charset=\"l2'>", "<!", "no tag"}) {
    EXPECT_EQ(charset_of_meta(none), "") << none;
  }
  EXPECT_EQ(charset_of_meta(std::string(1010, ' ') + "<meta charset=l2>"), "");
}

TEST(Charset, PrefersTheByteOrderMarkThenTheServerThenThePage) {
  const std::string page = "<meta charset=koi8-r>\xC3\xA9";
  EXPECT_EQ(charset_of_html("\xEF\xBB\xBF" + page, "latin1"), "utf-8");
  EXPECT_EQ(charset_of_html("\xFF\xFE", ""), "utf-16le");
  EXPECT_EQ(charset_of_html(page, "latin1"), "windows-1252");
  EXPECT_EQ(charset_of_html(page, "unknown"), "koi8-r");
  EXPECT_EQ(charset_of_html(page, ""), "koi8-r");
  EXPECT_EQ(charset_of_html("caf\xC3\xA9", ""), "utf-8");
  EXPECT_EQ(charset_of_html("caf\xE9", ""), "windows-1252");
  EXPECT_EQ(charset_of_text(page, ""), "utf-8");
  EXPECT_EQ(charset_of_text(page, "l2"), "iso-8859-2");
  EXPECT_EQ(charset_of_text("\xFE\xFF", "l2"), "utf-16be");
}

}  // namespace
}  // namespace quern
