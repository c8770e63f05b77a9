#include "quern/format/warc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quern {
namespace {

using Kind = ArchiveLook::Kind;
using ::testing::HasSubstr;

TEST(WarcHead, KnowsAVersionLineAndItsBeginnings) {
  for (const std::string_view line : {"WARC/1.0\r\n", "WARC/0.17\r\n", "WARC/1.1\n", "WARC/12.34\r\n"}) {
    const ArchiveLook look = look_at_version_line(line);
    EXPECT_EQ(look.kind, Kind::found) << line;
    EXPECT_EQ(look.bytes, line.size());
    for (std::size_t size = 0; size < line.size(); ++size) EXPECT_EQ(look_at_version_line(line.substr(0, size)).kind, Kind::more) << line << size;
  }
  for (const std::string_view none : {"warc/1.0\r\n", "WARC 1.0\r\n", "WARC/1\r\n", "WARC/.1\r\n", "WARC/1.0 \r\n", "WARC/1.0\rx", "WARC/12345.0\r\n", "x"}) {
    EXPECT_EQ(look_at_version_line(none).kind, Kind::none) << none;
  }
}

TEST(WarcHead, EndsAtTheEmptyLine) {
  const std::string head = "A: b\r\nC: d\r\n folded\r\n\r\nbody";
  EXPECT_EQ(look_at_fields(head, 0).kind, Kind::found);
  EXPECT_EQ(look_at_fields(head, 0).bytes, head.size() - 4);
  std::size_t from = 0;
  for (std::size_t size = 0; size < head.size() - 4; ++size) {
    const ArchiveLook look = look_at_fields(std::string_view(head).substr(0, size), from);
    ASSERT_EQ(look.kind, Kind::more) << size;
    from = look.bytes;
  }
  EXPECT_EQ(look_at_fields(head, from).bytes, head.size() - 4);
  EXPECT_EQ(look_at_fields("A: b\nno field\n\n", 0).kind, Kind::none);
  EXPECT_EQ(look_at_fields("A: b\nno field\n\n", 0).bytes, 5u);
  EXPECT_EQ(look_at_fields("A: b\nno field\n\n", 0, true).kind, Kind::found);
  EXPECT_EQ(look_at_fields(": no name\n\n", 0).kind, Kind::none);
  EXPECT_EQ(look_at_fields("A:" + std::string(kMostHeadBytes, 'x'), 0).kind, Kind::none);
}

TEST(WarcHead, TellsWhatARecordIs) {
  ArchiveHead head;
  EXPECT_EQ(parse_warc_head("WARC/1.1\r\nwarc-type: Response\r\nWARC-Record-ID: <urn:uuid:1-2>\r\nWARC-Target-URI: <http://a/b c>\r\nWARC-Date: 2024\r\nContent-Type: application/http;\r\n"
                            "\tmsgtype=response\r\nWARC-Truncated: length\r\nWARC-Identified-Payload-Type: text/html\r\nContent-Length: 12\r\n\r\n", head), "");
  EXPECT_EQ(head.kind, ArchiveKind::warc);
  EXPECT_EQ(head.type, WarcType::response);
  EXPECT_EQ(head.record_id, "1-2");
  EXPECT_EQ(head.target_uri, "http://a/b c");
  EXPECT_EQ(head.date, "2024");
  EXPECT_EQ(head.content_type.substr(0, 17), "application/http;");
  EXPECT_EQ(head.identified_type, "text/html");
  EXPECT_EQ(head.block_bytes, 12u);
  EXPECT_TRUE(head.truncated);
  EXPECT_FALSE(head.segmented);
  EXPECT_EQ(parse_warc_head("WARC/1.0\nWARC-Type: new\nContent-Length: 0\nWARC-Segment-Number: 1\n\n", head), "");
  EXPECT_EQ(head.type, WarcType::other);
  EXPECT_EQ(head.record_id, "");
  EXPECT_FALSE(head.truncated);
  EXPECT_TRUE(head.segmented);
}

TEST(WarcHead, SaysWhatIsMissing) {
  ArchiveHead head;
  EXPECT_THAT(parse_warc_head("WARC/1.0\r\nContent-Length: 0\r\n\r\n", head), HasSubstr("WARC-Type"));
  EXPECT_THAT(parse_warc_head("WARC/1.0\r\nWARC-Type: request\r\n\r\n", head), HasSubstr("missing"));
  for (const std::string length : {"-1", "1x", "0x10", "99999999999999999999999", "1 2"}) {
    EXPECT_THAT(parse_warc_head("WARC/1.0\r\nWARC-Type: request\r\nContent-Length: " + length + "\r\n\r\n", head), HasSubstr(length.substr(0, 10)));
  }
  EXPECT_TRUE(names_warc_type("WARC/1.0\r\nWarc-type: x\r\n\r\n"));
  EXPECT_FALSE(names_warc_type("WARC/1.0\r\nType: x\r\n\r\n"));
}

TEST(ArcLine, IsReadFromTheRight) {
  ArchiveHead head;
  const std::string one = "http://a.example/x y?z 10.0.0.1 20140216050221 text/html 1591\n";
  EXPECT_EQ(look_at_arc_line(one + "HTTP").bytes, one.size());
  EXPECT_EQ(parse_arc_line(one, head), "");
  EXPECT_EQ(head.target_uri, "http://a.example/x y?z");
  EXPECT_EQ(head.date, "20140216050221");
  EXPECT_EQ(head.content_type, "text/html");
  EXPECT_EQ(head.block_bytes, 1591u);
  EXPECT_EQ(head.type, WarcType::response);
  EXPECT_EQ(parse_arc_line("filedesc://a.arc 0.0.0.0 20080430204825 text/plain 1300\r\n", head), "");
  EXPECT_EQ(head.type, WarcType::warcinfo);
  EXPECT_EQ(parse_arc_line("http://a/ 2001:db8::1 20080430204825 text/html 200 sum - 99 a.arc 77\n", head), "");
  EXPECT_EQ(head.block_bytes, 77u);
  EXPECT_EQ(head.content_type, "text/html");
  EXPECT_THAT(parse_arc_line("http://a/ 10.0.0.1 20080430204825 text/html abc\n", head), HasSubstr("abc"));
  EXPECT_THAT(parse_arc_line("http://a/ 10.0.0.1 null text/html 12\n", head), HasSubstr("null"));
}

TEST(ArcLine, IsToldFromOtherLines) {
  EXPECT_EQ(look_at_arc_line("http://a/ 10.0.0.1 2014021605").kind, Kind::more);
  EXPECT_EQ(look_at_arc_line("htt").kind, Kind::more);
  EXPECT_EQ(look_at_arc_line("").kind, Kind::more);
  EXPECT_EQ(look_at_arc_line("http:" + std::string(kMostArcLineBytes, 'x')).kind, Kind::none);
  for (const std::string_view none : {"\n", "no scheme\n", "http://a/ b c d e\n", "http://a/ 10.0.0.1 20140216050221 1591\n", "http://a/ host 20140216050221 text/html 1\n", "10.0.0.1 20140216050221 text/html 1\n",
                                      "Date: Wed, 30 Apr 2008 20:48:24 GMT\r\n", "a_scheme_with_an_underscore:b 1.1.1.1 20140216050221 a 1\n"}) {
    EXPECT_EQ(look_at_arc_line(none).kind, Kind::none) << none;
  }
}

}  // namespace
}  // namespace quern
