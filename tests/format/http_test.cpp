#include "quern/format/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

HttpHead parsed(std::string_view head) {
  HttpHead result;
  EXPECT_EQ(parse_http_head(head, result), "");
  return result;
}

std::string dechunked(std::string_view body, bool may_be_cut = false) {
  std::string out = "left over";
  EXPECT_EQ(decode_chunks(body, may_be_cut, out), "");
  return out;
}

TEST(Http, ReadsTheStatusLineAsCrawlersWriteIt) {
  EXPECT_EQ(parsed("HTTP/1.1 200 OK\r\n\r\n").status, 200u);
  EXPECT_EQ(parsed("HTTP/1.0 404\r\n\r\n").status, 404u);
  EXPECT_EQ(parsed("HTTP/2 200\n\n").status, 200u);
  EXPECT_EQ(parsed("http/1.1  302 Found").status, 302u);
  for (const std::string_view none : {"", "\r\n", "HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 99\r\n", "HTTP/1.1 1000 x\r\n", "<html>", "SSH-2.0"}) {
    HttpHead head;
    EXPECT_THAT(parse_http_head(none, head), HasSubstr("status line")) << none;
  }
}

TEST(Http, ReadsTheFieldsThatSayWhatTheBodyIs) {
  const HttpHead head = parsed("HTTP/1.1 200 OK\r\ncontent-TYPE: Text/HTML; a=b; Charset=\"utf-8\"\r\nTransfer-Encoding: gzip, chunked\r\nnonsense\r\n"
                               "Content-Encoding: gzip,\r\n  br, identity\r\nX: y\r\n\r\n");
  EXPECT_EQ(head.media_type, "text/html");
  EXPECT_EQ(head.charset, "utf-8");
  EXPECT_TRUE(head.chunked);
  EXPECT_THAT(head.codings, ElementsAre(ContentCoding::gzip, ContentCoding::brotli));
  const HttpHead plain = parsed("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
  EXPECT_EQ(plain.media_type, "text/plain");
  EXPECT_EQ(plain.charset, "");
  EXPECT_FALSE(plain.chunked);
  EXPECT_TRUE(plain.codings.empty());
  EXPECT_EQ(parsed("HTTP/1.1 200 OK\r\nContent-Encoding: zstd, deflate, x-gzip, snappy\r\n\r\n").unknown_coding, "snappy");
}

TEST(Http, PutsChunksTogether) {
  EXPECT_EQ(dechunked("3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"), "abc0123456789");
  EXPECT_EQ(dechunked("3\nabc\n00000\n\n"), "abc");
  EXPECT_EQ(dechunked("3 \r\nabc0\r\n\r\n"), "abc");  // some servers leave the line end out
  EXPECT_EQ(dechunked("0\r\n\r\n"), "");
  EXPECT_EQ(dechunked("0\r\n\r\nbehind the last one"), "");
}

TEST(Http, TakesABodyThatIsNotChunkedAsItIs) {
  for (const std::string_view body : {"", "<html>", "no chunk size\r\n", "xyz", "-1\r\na"}) EXPECT_EQ(dechunked(body), body);
}

TEST(Http, SaysWhereChunksAreBroken) {
  std::string out;
  EXPECT_THAT(decode_chunks("3\r\nabc\r\nzz\r\n", false, out), HasSubstr("byte 8"));
  EXPECT_THAT(decode_chunks("3\r\nabc\r\nzz\r\n", true, out), HasSubstr("byte 8"));
  EXPECT_THAT(decode_chunks("FFFFFFFFFFFFFFFF\r\nabc", false, out), HasSubstr("of which 3 are there"));
  for (const std::string_view cut : {"5\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n5", "3\r\nabc\r\n5;x", "3\r\nabc"}) {
    EXPECT_NE(decode_chunks(cut, false, out), "") << cut;
    EXPECT_EQ(dechunked(cut, true), "abc") << cut;
  }
}

TEST(Http, IsLinearInManySmallChunksAndLongSizeLines) {
  std::string many;
  for (int i = 0; i < 1000000; ++i) many += "1\r\na\r\n";
  EXPECT_EQ(dechunked(many + "0\r\n\r\n").size(), 1000000u);
  std::string out;
  EXPECT_NE(decode_chunks("1\r\na\r\n" + std::string(4 << 20, '0') + "\r\n", false, out), "");
}

}  // namespace
}  // namespace quern
