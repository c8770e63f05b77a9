#include "read/foreign_file.hpp"

#include "quern/read/reader.hpp"
#include "read/pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace quern {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ForeignFile : public test::Reader {};

std::string tar() {
  std::string block(512, '\0');
  block.replace(0, 7, "a.jsonl");
  block.replace(257, 5, "ustar");
  return block;
}

TEST(ForeignFiles, AreKnownByTheirFirstBytes) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"PAR1....", "Parquet"}, {"ARROW1..", "Arrow"}, {"PK\x03\x04..", "zip"},      {tar(), "tar"},          {"\xFD" "7zXZ", "xz"},
      {"BZh91AY", "bzip2"},    {"\x89HDF\r\n", "dataset"}, {"%PDF-1.7", "PDF"},     {"\xFF\xFE{", "UTF-16"}, {"\xFE\xFF", "UTF-16"},
      {"WARC/1.0", "warc"},    {"<html>", "html"},   {"[{\"text\":", "jq"},          {"\x04\x22\x4D\x18", "lz4"},
  };
  for (const auto& [bytes, word] : files) EXPECT_THAT(std::string(foreign_file(bytes)), HasSubstr(word)) << bytes;
}

TEST(ForeignFiles, LinesOfJsonAndShortFilesAreNot) {
  for (const std::string bytes : {"", "{", "{\"text\": \"PAR1\"}", "text", "PAR", "W"}) EXPECT_THAT(std::string(foreign_file(bytes)), IsEmpty()) << bytes;
}

TEST_F(ForeignFile, TheFirstBadLineSaysSoAndNoOther) {
  const test::Reading reading = read_bytes("PAR1 and so on\nPAR1 again\n{\"text\":\"good\"}\n");
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[0].bad, Reason::json);
  EXPECT_THAT(reading.rows[0].message, HasSubstr("looks like Parquet: convert it to JSON lines"));
  EXPECT_EQ(reading.rows[1].bad, Reason::json);
  EXPECT_THAT(reading.rows[1].message, Not(HasSubstr("Parquet")));
  EXPECT_EQ(reading.rows[2].bad, Reason::none);
  EXPECT_GT(check_every_cut("PAR1 and so on\nPAR1 again\n{\"text\":\"good\"}\n"), 10u);
}

}  // namespace
}  // namespace quern
