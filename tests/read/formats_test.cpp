#include "read/pieces.hpp"
#include "quern/read/raw_lines.hpp"
#include "store/compress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace quern {
namespace {

using test::gzip_member;
using test::Reading;
using test::Row;
using test::zstd_frame;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Formats : public test::Reader {};

std::string table(int lines) {
  std::string text = "\xEF\xBB\xBFid\ttext\tlang\r\n";
  for (int i = 0; i < lines; ++i) {
    text += i % 7 == 3 ? "too few\n" : i % 11 == 5 ? "\n" : std::to_string(i) + "\tText " + std::string(static_cast<std::size_t>(i % 5), 'x') + "\ten\r\n";
  }
  return text;
}

TEST_F(Formats, TablesAreReadByTheirHeader) {
  job_.input[0].format = InputFormat::tsv;
  job_.input[0].metadata = {"lang"};
  job_.input[0].source_field = "lang";
  const Reading reading = read_bytes("\xEF\xBB\xBFid\ttext\tlang\r\na\tSome\ten\r\n\nb\tx\nc\t\tde");
  Row first{17, Reason::none, "Some", "a", ""};
  first.source = "en";
  first.metadata = R"({"lang":"en"})";
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[0], first);
  EXPECT_EQ(reading.rows[1].bad, Reason::field);
  EXPECT_EQ(reading.rows[2].text, "");
  EXPECT_EQ(reading.rows[2].source, "de");
}

TEST_F(Formats, TablesAreTheSameForEveryCut) {
  job_.input[0].format = InputFormat::tsv;
  job_.input[0].all_metadata = true;
  const std::string text = table(60);
  std::size_t both = check_every_cut(text);
  both += check_every_cut(gzip_member(text.substr(0, 100)) + gzip_member(text.substr(100, 333)) + gzip_member(text.substr(433)));
  both += check_every_cut(zstd_frame(text.substr(0, 7)) + zstd_frame(text.substr(7, 333)) + zstd_frame(text.substr(340)));
  EXPECT_GT(both, 500u);
  job_.input[0].header = false;
  job_.input[0].text_field = "1";
  EXPECT_GT(check_every_cut(text, 5), 50u);
}

TEST_F(Formats, ATableWhoseHeaderIsDamagedHasNoGoodLines) {
  job_.input[0].format = InputFormat::tsv;
  std::string first = gzip_member("id\ttext\n1\ta\n");
  first.resize(12);
  const Reading reading = read_bytes(first + gzip_member("2\tb\n3\tc\n4\td\n"));
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[0].bad, Reason::damage);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(reading.rows[i].bad, Reason::field);
    EXPECT_THAT(reading.rows[i].message, HasSubstr("the header cannot be read"));
  }
}

TEST_F(Formats, ALineOfATableThatADamageTearsIsPartOfIt) {
  job_.input[0].format = InputFormat::tsv;
  std::string bad = gzip_member("x\ty\n");
  bad.resize(12);
  const std::string file = gzip_member("id\ttext\n1\ta\n2\tb") + bad + gzip_member("torn\tz\n3\tc\n");
  const Reading reading = read_bytes(file);
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[0].text, "a");
  EXPECT_EQ(reading.rows[1].bad, Reason::damage);
  EXPECT_EQ(reading.rows[1].offset, 12u);
  EXPECT_EQ(reading.rows[2].text, "c");
  check_every_cut(file);
}

TEST_F(Formats, HtmlFilesAreOneRecordEachInUtf8) {
  job_.input[0].format = InputFormat::html;
  const Reading reading = read_bytes("\xEF\xBB\xBF<p>a\u00e9");
  ASSERT_EQ(reading.rows.size(), 1u);
  EXPECT_TRUE(reading.rows[0].is_html);
  EXPECT_EQ(reading.rows[0].text, "<p>a\u00e9");
  EXPECT_EQ(reading.rows[0].own_id, "name");
  EXPECT_EQ(read_bytes(gzip_member("<p>\x80\xe9\x9f\x81")).rows[0].text, "<p>\u20ac\u00e9\u0178\u0081");
  job_.max_document_bytes = 3;
  EXPECT_EQ(read_bytes("<p>a").rows[0].bad, Reason::size);
}

TEST_F(Formats, FieldsOfJsonLinesReachTheRecordWhateverTheCut) {
  job_.input[0].text_field = "d.t";
  job_.input[0].source_field = "s";
  job_.input[0].metadata = {"m", "d.n"};
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += R"({"d":{"t":"x","n":[ )" + std::to_string(i) + R"( ]},"s":"web","m":{"k" : "\u0041"}})" + "\n";
  const Reading whole = read_bytes(lines);
  ASSERT_EQ(whole.rows.size(), 30u);
  EXPECT_EQ(whole.rows[7].metadata, R"({"m":{"k":"A"},"d.n":[7]})");
  EXPECT_EQ(whole.rows[7].source, "web");
  EXPECT_GT(check_every_cut(lines, 3), 100u);
}

}  // namespace
}  // namespace quern
