#include "quern/base/error.hpp"
#include "quern/read/reader.hpp"
#include "quern/store/file.hpp"
#include "quern/text/utf8.hpp"
#include "store/compress.hpp"
#include "temp_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>
#include <sstream>

namespace quern {
namespace {

using test::gzip_member;
using test::zstd_frame;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Counts = std::array<std::uint64_t, kPassedOver>;

std::uint64_t count(const Counts& counts, PassedOver kind) { return counts[static_cast<std::size_t>(kind)]; }
std::uint64_t sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

struct Row {
  std::uint64_t offset = 0;
  Reason bad = Reason::none;
  bool is_html = false;
  std::string text, own_id, url, date, message;
  std::uint64_t untrusted_from = 0, untrusted_to = 0;
  bool operator==(const Row&) const = default;
};

std::ostream& operator<<(std::ostream& to, const Row& row) {
  return to << row.offset << ' ' << name(row.bad) << " '" << row.text.substr(0, 40) << "' id '" << row.own_id << "' " << row.message;
}

struct Reading {
  std::vector<Row> rows;
  Counts passed{};
  std::vector<PieceRead> pieces;

  std::size_t documents() const {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.bad == Reason::none; }));
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const Row& row : rows) all.push_back(row.bad == Reason::none ? row.text : std::string(name(row.bad)));
    return all;
  }
};

/// As the engine checks it.
void expect_pieces_meet(const std::vector<PieceRead>& pieces) {
  const PieceRead* before = nullptr;
  for (const PieceRead& piece : pieces) {
    if (piece.inside_line) continue;
    if (before) {
      EXPECT_EQ(before->end, piece.first);
    }
    before = &piece;
  }
}

std::string warc_record(const std::string& type, const std::string& block, const std::string& fields = {}) {
  static int number = 0;
  return fmt::format("WARC/1.0\r\nWARC-Type: {}\r\nWARC-Record-ID: <urn:uuid:{:04}>\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n{}Content-Length: {}\r\n\r\n{}\r\n\r\n",
                     type, ++number, fields, block.size(), block);
}

std::string http(const std::string& body, const std::string& fields = "Content-Type: text/html; charset=utf-8\r\n", const std::string& status = "200 OK") {
  return fmt::format("HTTP/1.1 {}\r\n{}\r\n{}", status, fields, body);
}

std::string response(const std::string& body, const std::string& fields = "Content-Type: text/html; charset=utf-8\r\n", const std::string& status = "200 OK") {
  return warc_record("response", http(body, fields, status), "WARC-Target-URI: http://mill.example/\r\nContent-Type: application/http; msgtype=response\r\n");
}

std::string wet(const std::string& text) { return warc_record("conversion", text, "WARC-Target-URI: http://mill.example/w\r\nContent-Type: text/plain\r\n"); }

std::string arc_record(const std::string& url, const std::string& block, const std::string& type = "text/html") {
  return fmt::format("{} 10.0.0.1 20080430204825 {} {}\n{}\n", url, type, block.size(), block);
}

std::string arc_begin() { return arc_record("filedesc://a.arc", "1 0 quern\nURL IP-address Archive-date Content-type Archive-length\n", "text/plain"); }

class Archive : public ::testing::Test {
 protected:
  Archive() {
    job_.input.resize(1);
    job_.input[0].format = InputFormat::warc;
  }

  Piece piece(std::uint64_t begin, std::uint64_t end, std::uint64_t size) const { return {7, 0, path_, "name", size, begin, end}; }

  /// The file cut at the given places, read by one reader for each piece, or by one for all.
  Reading read(const std::string& bytes, std::vector<std::uint64_t> cuts = {}, bool by_one_reader = false) {
    if (bytes != written_) test::write_quickly(path_, bytes);
    written_ = bytes;
    UnitReader reader(job_);
    cuts.push_back(bytes.size());
    Reading reading;
    std::uint64_t begin = 0;
    for (const std::uint64_t cut : cuts) {
      const Unit unit{reading.pieces.size(), 0, {piece(begin, cut, bytes.size())}};
      begin = cut;
      if (!by_one_reader) reader = UnitReader(job_);
      const auto read = reader.read(unit, [&](const Record& record) {
        EXPECT_EQ(record.file, 7u);
        EXPECT_EQ(record.bad == Reason::none, record.message.empty());
        reading.rows.push_back({record.offset, record.bad, record.is_html, std::string(record.text), std::string(record.own_id), std::string(record.url),
                                std::string(record.date), std::string(record.message), record.untrusted_from, record.untrusted_to});
      });
      reading.pieces.push_back(read.at(0));
      for (std::size_t i = 0; i < kPassedOver; ++i) reading.passed[i] += read[0].passed_over[i];
    }
    return reading;
  }

  void expect_same(const Reading& whole, const Reading& cut, const std::vector<std::uint64_t>& cuts) {
    ASSERT_EQ(cut.rows, whole.rows) << "cut at " << cuts[0] << " and " << cuts.size() - 1 << " more";
    ASSERT_EQ(cut.passed, whole.passed) << "cut at " << cuts[0];
    expect_pieces_meet(cut.pieces);
  }

  /// Every cut into two, and some into many, gives the records of the whole file.
  void expect_same_by_any_cut(const std::string& file, std::size_t step = 1) {
    const Reading whole = read(file);
    ASSERT_GT(whole.rows.size() + sum(whole.passed), 0u);
    std::size_t tried = 0;
    for (std::uint64_t cut = 1; cut < file.size(); cut += step, ++tried) {
      expect_same(whole, read(file, {cut}, tried % 2 == 0), {cut});
      if (tried % 7 == 0 && cut > 3) {
        const std::vector<std::uint64_t> many = {cut / 3, cut / 2, cut / 2 + 1, cut};
        expect_same(whole, read(file, many, tried % 3 == 0), many);
      }
      if (HasFatalFailure() || HasFailure()) return;
    }
    EXPECT_GT(tried, 0u);
    std::vector<std::uint64_t> all;
    for (std::uint64_t cut = 1; cut < file.size(); cut += std::max<std::size_t>(step, file.size() / 200 + 1)) all.push_back(cut);
    expect_same(whole, read(file, all, true), all);
    expect_same(whole, read(file, all, false), all);
  }

  Job job_;
  test::TempFolder folder_;
  std::string path_ = folder_.path() + "/file";
  std::string written_;
};

std::string one_of_each() {
  return warc_record("warcinfo", "software: mill\r\n") + response("<p>first</p>") + warc_record("request", "GET / HTTP/1.1\r\n\r\n") + response("gone", "", "404 Not Found") +
         warc_record("revisit", http("")) + warc_record("metadata", "a: b") + wet("plain words") + warc_record("continuation", "rest", "WARC-Segment-Number: 2\r\n") +
         warc_record("response", "mill.example. 1 IN A 10.0.0.1", "WARC-Target-URI: dns:mill.example\r\nContent-Type: text/dns\r\n") +
         response("GIF89a", "Content-Type: image/gif\r\n") + warc_record("screenshot", "x") + response("text", "Content-Type: text/plain\r\n") +
         warc_record("resource", "<html>res</html>", "WARC-Target-URI: file:///a\r\nContent-Type: text/html\r\n");
}

TEST_F(Archive, GivesItsDocumentsAndCountsWhatIsNone) {
  const Reading reading = read(one_of_each());
  EXPECT_THAT(reading.texts(), ElementsAre("<p>first</p>", "plain words", "text", "<html>res</html>"));
  EXPECT_TRUE(reading.rows[0].is_html);
  EXPECT_FALSE(reading.rows[1].is_html);
  EXPECT_FALSE(reading.rows[2].is_html);
  EXPECT_TRUE(reading.rows[3].is_html);
  EXPECT_EQ(reading.rows[0].url, "http://mill.example/");
  EXPECT_EQ(reading.rows[0].date, "2024-01-02T03:04:05Z");
  EXPECT_EQ(reading.rows[0].own_id.size(), 4u);  // without urn:uuid: and brackets
  for (std::size_t i = 0; i < kPassedOver; ++i) EXPECT_EQ(reading.passed[i], 1u) << kPassedOverNames[i];
  EXPECT_EQ(reading.pieces[0].end, one_of_each().size());
}

TEST_F(Archive, GivesTheSameRecordsByAnyCutOfAPlainFile) { expect_same_by_any_cut(one_of_each()); }

TEST_F(Archive, GivesTheSameRecordsByAnyCutOfOneGzipMember) { expect_same_by_any_cut(gzip_member(one_of_each())); }

TEST_F(Archive, GivesTheSameRecordsByAnyCutOfMembersAndFrames) {
  std::string members, frames;
  for (const std::string& record : {warc_record("warcinfo", "a: b"), response("<p>one"), wet("two"), response("three", "Content-Type: text/plain\r\n"),
                                    warc_record("request", "GET"), response(std::string(3000, 'x'))}) {
    members += gzip_member(record);
    frames += zstd_frame(record);
  }
  EXPECT_EQ(read(members).documents(), 4u);
  EXPECT_EQ(read(frames).documents(), 4u);
  expect_same_by_any_cut(members);
  expect_same_by_any_cut(frames);
}

TEST_F(Archive, TakesMembersThatAreCutAnywhere) {
  const std::string plain = one_of_each() + response(std::string(500, 'y'));
  for (const std::size_t size : {1u, 3u, 10u, 64u, 333u}) {
    std::string file;
    for (std::size_t at = 0; at < plain.size(); at += size) file += gzip_member(plain.substr(at, size));
    const Reading reading = read(file);
    EXPECT_EQ(reading.documents(), 5u) << size;
    EXPECT_EQ(sum(reading.passed), 9u) << size;
    if (size >= 64) expect_same_by_any_cut(file, 13);
  }
}

TEST_F(Archive, TakesNoRecordOutOfAPage) {
  const std::string inner = response("<p>inner</p>");
  const std::string file = response("<pre>\r\n\r\n" + inner) + wet("\r\n\r\n" + inner + inner) + wet("last");
  const Reading reading = read(file);
  ASSERT_EQ(reading.documents(), 3u);
  EXPECT_THAT(reading.rows[0].text, HasSubstr("inner"));
  expect_same_by_any_cut(file, 3);
  expect_same_by_any_cut(gzip_member(file));
}

TEST_F(Archive, ReadsArcFilesOfBothVersions) {
  const std::string dns = arc_record("dns:mill.example", "10.0.0.1", "text/dns");
  const std::string page = arc_record("http://mill.example/a b", http("<p>arc"));
  const std::string two = http("<i>v2");
  const std::string file = arc_begin() + dns + page +
                           fmt::format("http://mill.example/2 10.0.0.1 20080430204825 text/html 200 checksum - 123 a.arc {}\n{}\n", two.size(), two) +
                           arc_record("http://mill.example/3", http("GIF", "Content-Type: image/gif\r\n"), "image/gif");
  const Reading reading = read(file);
  EXPECT_THAT(reading.texts(), ElementsAre("<p>arc", "<i>v2"));
  EXPECT_EQ(reading.rows[0].url, "http://mill.example/a b");
  EXPECT_EQ(reading.rows[0].own_id, "http://mill.example/a b");
  EXPECT_EQ(reading.rows[0].date, "20080430204825");
  EXPECT_EQ(count(reading.passed, PassedOver::warcinfo), 1u);
  EXPECT_EQ(count(reading.passed, PassedOver::not_http), 1u);
  EXPECT_EQ(count(reading.passed, PassedOver::type), 1u);
  expect_same_by_any_cut(file);
  expect_same_by_any_cut(gzip_member(arc_begin()) + gzip_member(dns) + gzip_member(page) + gzip_member(page));
}

TEST_F(Archive, TakesLineFeedsAloneAndMissingEmptyLines) {
  std::string file = response("<p>a</p>");
  for (std::size_t at; (at = file.find("\r\n\r\nHTTP")) != std::string::npos;) file.replace(at, 4, "\n\n");
  const std::string tight = file.substr(0, file.size() - 4) + response("<p>b</p>") + "\r\n\r\n\r\n\r\n" + response("<p>c</p>");
  EXPECT_EQ(read(tight.substr(0, tight.size() - 4)).documents(), 3u);
  expect_same_by_any_cut(tight);
}

std::string with_length(std::string record, const std::string& length) {
  const std::size_t at = record.find("Content-Length: ") + 16;
  return record.replace(at, record.find('\r', at) - at, length);
}

TEST_F(Archive, QuarantinesARecordWithAWrongLengthAndGoesOnAtTheNextOne) {
  const std::string first = wet("first"), torn = wet("the torn one, with some words"), last = wet("last");
  for (const char* length : {"12", "0", "40", "200", "99999", "18446744073709551615", "-1", "x", ""}) {
    const std::string file = first + with_length(torn, length) + last;
    const Reading reading = read(file);
    EXPECT_THAT(reading.texts(), ElementsAre("first", "warc", "last")) << length;
    EXPECT_EQ(reading.rows.at(1).offset, first.size());
    expect_same_by_any_cut(file, 3);
    // Each in its own member: the next one is found however long this one says it is.
    const std::string members = gzip_member(first) + gzip_member(first) + gzip_member(with_length(torn, length)) + gzip_member(last);
    EXPECT_THAT(read(members).texts(), ElementsAre("first", "first", "warc", "last")) << length;
    expect_same_by_any_cut(members, 3);
    expect_same_by_any_cut(gzip_member(file), 3);
  }
  // A length that is too short leaves the end of the page: nothing in it is a record.
  const std::string page = "words\r\n\r\n" + wet("inner") + "more";
  EXPECT_THAT(read(gzip_member(first) + gzip_member(first) + gzip_member(with_length(wet(page), "3")) + gzip_member(last)).texts(),
              ElementsAre("first", "first", "warc", "last"));
}

TEST_F(Archive, SaysWhereAFileThatWasCutOffEnds) {
  const std::string whole = wet("first") + wet("second, which is cut off");
  const std::size_t second = wet("first").size();
  std::size_t cuts = 0;
  for (std::size_t size = second + 1; size < whole.size() - 4; ++size, ++cuts) {
    const Reading reading = read(whole.substr(0, size));
    ASSERT_THAT(reading.texts(), ElementsAre("first", "warc")) << size;
    EXPECT_EQ(reading.rows[1].offset, second);
    EXPECT_THAT(reading.rows[1].message, HasSubstr("the file ends inside its"));
  }
  EXPECT_GT(cuts, 100u);
  EXPECT_THAT(read(whole.substr(0, whole.size() - 4)).texts(), ElementsAre("first", "second, which is cut off"));
  expect_same_by_any_cut(whole.substr(0, whole.size() - 9));
  expect_same_by_any_cut(whole.substr(0, second + 7));
}

TEST_F(Archive, QuarantinesDamagedMembersAndKeepsTheOthers) {
  std::string second = gzip_member(wet("second"));
  const std::string others = gzip_member(wet("first"));
  const std::string last = gzip_member(wet("third"));
  std::size_t tried = 0;
  for (std::size_t at = 12; at < second.size(); at += 5, ++tried) {
    std::string broken = second;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    const Reading reading = read(others + broken + last);
    ASSERT_GE(reading.rows.size(), 3u) << at;
    EXPECT_EQ(reading.rows.front().text, "first") << at;
    EXPECT_EQ(reading.rows.back().text, "third") << at;
    bool told = false;
    for (const Row& row : reading.rows) told = told || row.bad == Reason::damage;
    EXPECT_TRUE(told) << at;
    expect_same_by_any_cut(others + broken + last, 11);
  }
  EXPECT_GT(tried, 20u);
}

TEST_F(Archive, NamesAllRecordsThatAMemberWithAWrongChecksumHasMade) {
  const std::string plain = wet("first") + wet("second") + wet("third");
  const std::size_t middle = wet("first").size() + 100, end = middle + 60;
  std::string bad = gzip_member(plain.substr(middle, end - middle));
  bad[bad.size() - 7] = static_cast<char>(bad[bad.size() - 7] ^ 1);
  const Reading reading = read(gzip_member(plain.substr(0, middle)) + bad + gzip_member(plain.substr(end)));
  std::size_t told = 0;
  for (const Row& row : reading.rows) {
    if (row.bad != Reason::damage) continue;
    ++told;
    EXPECT_EQ(row.untrusted_from, wet("first").size());  // where the record begins that the member goes on with
    EXPECT_GE(row.untrusted_to, end);
  }
  EXPECT_EQ(told, 1u);
}

TEST_F(Archive, QuarantinesWhatIsNoArchive) {
  for (const std::string file : {"{\"text\": \"a\"}\n{\"text\": \"b\"}\n", "WARC/1", "WARC/1.0\r\n", "words: without end", "\xFF\xFE\x00\x01", "WARC/x.0\r\n\r\n"}) {
    const Reading reading = read(file);
    ASSERT_EQ(reading.rows.size(), 1u) << file;
    EXPECT_EQ(reading.rows[0].bad, Reason::warc);
    EXPECT_EQ(reading.rows[0].offset, 0u);
  }
  EXPECT_EQ(read("").rows.size(), 0u);
  EXPECT_EQ(read("\r\n\r\n").rows.size(), 0u);
  const std::string late = "garbage\r\n\r\n" + wet("found") + wet("again");
  EXPECT_THAT(read(late).texts(), ElementsAre("warc", "found", "again"));
  expect_same_by_any_cut(late);
  job_.on_error = OnError::stop;
  EXPECT_THROW(read(late), Error);
}

TEST_F(Archive, HoldsNoBlockThatIsTooLong) {
  job_.max_document_bytes = 1000;
  const std::string file = wet(std::string(1001, 'a')) + wet(std::string(1000, 'b')) + response(std::string(2000, 'c')) +
                           response(std::string(5000, 'd'), "Content-Type: video/mp4\r\n") + warc_record("request", std::string(4000, 'e')) +
                           response(gzip_member(std::string(100000, 'f')), "Content-Type: text/html\r\nContent-Encoding: gzip\r\n") +
                           response(std::string(600, '\xE9'), "Content-Type: text/plain; charset=latin1\r\n") + wet("last");
  const Reading reading = read(file);
  EXPECT_THAT(reading.texts(), ElementsAre("size", std::string(1000, 'b'), "size", "size", "size", "last"));
  EXPECT_EQ(count(reading.passed, PassedOver::type), 1u);
  EXPECT_EQ(count(reading.passed, PassedOver::request), 1u);
  expect_same_by_any_cut(file, 37);
}

TEST_F(Archive, JumpsOverWhatIsBeforeItsPieceOfAPlainFile) {
  std::string file;
  for (int i = 0; i < 30; ++i) file += wet(std::string(300000, static_cast<char>('a' + i % 26)));
  const Reading whole = read(file);
  EXPECT_EQ(whole.documents(), 30u);
  for (const bool by_one : {false, true}) {
    const std::vector<std::uint64_t> cuts = {file.size() / 4, file.size() / 3, file.size() / 2, file.size() - 10};
    expect_same(whole, read(file, cuts, by_one), cuts);
  }
  std::size_t strides = 0;
  UnitReader(job_).read({0, 0, {piece(file.size() - 10, file.size(), file.size())}}, [](const Record&) {}, [&] { ++strides; });
  EXPECT_LE(strides, 62u);
}

TEST_F(Archive, DecodesBodies) {
  const std::string page = "<p>body</p>";
  const std::string chunks = "5\r\n<p>bo\r\n6;x=1\r\ndy</p>\r\n0\r\n\r\n";
  const std::string type = "Content-Type: text/html\r\n";
  const std::string truncated = warc_record("response", http("5\r\n<p>bo\r\n6\r\ndy", type + "Transfer-Encoding: chunked\r\n"),
                                            "WARC-Target-URI: http://a/\r\nContent-Type: application/http\r\nWARC-Truncated: length\r\n");
  const Reading reading = read(
      response(chunks, type + "Transfer-Encoding: chunked\r\n") + response(page, type + "Transfer-Encoding: chunked\r\n") +
      response(gzip_member(page), type + "Content-Encoding: gzip\r\n") + response(page, type + "Content-Encoding: gzip\r\n") +
      response(zstd_frame(page), type + "Content-Encoding: zstd\r\n") + truncated + response(page, type + "Content-Encoding: br\r\n") +
      response(page, type + "Content-Encoding: snappy\r\n") + response("5\r\n<p>bo\r\nzz\r\n", type + "Transfer-Encoding: chunked\r\n") +
      response("5\r\n<p>bo\r\n6\r\ndy", type + "Transfer-Encoding: chunked\r\n") + response(gzip_member(page).substr(0, 20), type + "Content-Encoding: gzip\r\n") +
      response("<!DOCTYPE html><p>x", "") + response("no type", "") +
      warc_record("response", "no http", "WARC-Target-URI: http://a/\r\nContent-Type: application/http\r\n"));
  EXPECT_THAT(reading.texts(), ElementsAre(page, page, page, page, page, "<p>body", "http", "http", "http", "http", "http", "<!DOCTYPE html><p>x", "http"));
  EXPECT_EQ(count(reading.passed, PassedOver::type), 1u);
  EXPECT_THAT(reading.rows[6].message, HasSubstr("brotli"));
  EXPECT_THAT(reading.rows[7].message, HasSubstr("snappy"));
  EXPECT_FALSE(reading.rows[6].own_id.empty());
}

TEST_F(Archive, BringsTextsToUtf8) {
  const std::string latin = "<p>caf\xE9</p>";
  const Reading reading =
      read(response(latin, "Content-Type: text/html\r\n") + response("<meta charset=windows-1251>\xCC\xE8\xF0", "Content-Type: text/html\r\n") +
           response("\xE3\x81\x82 \xFF", "Content-Type: text/plain; charset=utf-8\r\n") + response("\x82\xA0", "Content-Type: text/plain; charset=Shift_JIS\r\n") +
           wet("caf\xC3\xA9") + wet("caf\xE9") + warc_record("resource", "\xFE\xFF\x04\x16", "Content-Type: text/plain\r\n"));
  EXPECT_THAT(reading.texts(), ElementsAre("<p>café</p>", "<meta charset=windows-1251>Мир", "あ \uFFFD", "あ", "café", "utf8", "Ж"));
  job_.clean.invalid_utf8 = InvalidUtf8::repair;
  EXPECT_THAT(read(wet("caf\xE9 ")).texts(), ElementsAre("caf\uFFFD "));
}

TEST_F(Archive, QuotesNothingThatIsNoUtf8) {
  const Reading reading = read(with_length(wet("a"), "\xFF\xFE") + response("b", "Content-Type: text/html\r\nContent-Encoding: \xE9\r\n"));
  ASSERT_THAT(reading.texts(), ElementsAre("warc", "http"));
  for (const Row& row : reading.rows) {
    EXPECT_TRUE(is_valid_utf8(row.message));
    EXPECT_THAT(row.message, HasSubstr("\uFFFD"));
  }
}

TEST_F(Archive, TakesTheFirstSegmentForNoWholeDocument) {
  const Reading reading = read(warc_record("response", http("<p>part"), "WARC-Target-URI: http://a/\r\nContent-Type: application/http\r\nWARC-Segment-Number: 1\r\n"));
  EXPECT_THAT(reading.texts(), ElementsAre("warc"));
  EXPECT_THAT(reading.rows[0].message, HasSubstr("segments"));
}

/// Random archives, damaged at random, in every form of file: no cut changes anything, nothing crashes, and a file that is not empty says something.
TEST_F(Archive, GivesTheSameRecordsByAnyCutWhateverTheDamage) {
  std::mt19937 random(5);
  const auto below = [&](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
  std::size_t bad = 0, documents = 0;
  for (int round = 0; round < 300; ++round) {
    const bool arc = below(4) == 0;
    const std::size_t form = below(5), block = below(700) + 1;
    std::string plain = arc ? arc_begin() : warc_record("warcinfo", "a: b"), file = form == 0 ? gzip_member(plain) : form == 1 ? zstd_frame(plain) : "";
    for (std::size_t i = 0, n = below(8); i < n; ++i) {
      std::string body(below(40) == 0 ? 70000 + below(200000) : below(300), static_cast<char>('a' + i));
      if (below(4) == 0) body += "\r\n\r\n" + wet("inner");
      std::string record = arc ? arc_record("http://mill.example/" + std::to_string(i), http(body)) : below(2) ? wet(body) : response(body);
      if (below(5) == 0) record = arc ? record.substr(below(record.size())) : with_length(record, std::to_string(below(2000)));
      plain += record;
      if (form == 0) file += gzip_member(record);
      if (form == 1) file += zstd_frame(record);
    }
    if (form == 2) file = gzip_member(plain);
    if (form == 3) file = plain;
    if (form == 4) {
      for (std::size_t at = 0; at < plain.size(); at += block) file += gzip_member(std::string_view(plain).substr(at, block));
    }
    for (std::size_t i = below(3); i > 0; --i) file[below(file.size())] ^= static_cast<char>(1 + below(255));
    if (below(5) == 0) file.resize(below(file.size()) + 1);
    const Reading whole = read(file);
    bad += whole.rows.size() - whole.documents();
    documents += whole.documents();
    EXPECT_GT(whole.rows.size() + sum(whole.passed), 0u);
    for (int cut = 0; cut < 6; ++cut) {
      std::vector<std::uint64_t> cuts;
      for (std::size_t i = below(4) + 1; i > 0; --i) cuts.push_back(below(file.size() + 1));
      std::sort(cuts.begin(), cuts.end());
      cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
      if (cuts.back() == file.size()) cuts.pop_back();
      if (!cuts.empty() && cuts.front() == 0) cuts.erase(cuts.begin());
      if (cuts.empty()) continue;
      expect_same(whole, read(file, cuts, cut % 2 == 0), cuts);
      ASSERT_FALSE(HasFailure()) << "round " << round << " form " << form;
    }
  }
  EXPECT_GT(bad, 200u);
  EXPECT_GT(documents, 300u);
}

/// A line of count_archive_records.py, which shares nothing with the reader.
struct Counted {
  std::string path;
  std::uint64_t records = 0, broken = 0;
  std::map<std::string, std::uint64_t> kinds;
};

std::vector<Counted> counted_by_script(const std::string& files) {
  const std::string command = fmt::format("python3 '{}/tests/read/count_archive_records.py' {}", QUERN_SOURCE_DIR, files);
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::string output;
  char block[4096];
  for (std::size_t bytes; pipe && (bytes = std::fread(block, 1, sizeof block, pipe)) > 0;) output.append(block, bytes);
  EXPECT_EQ(pipe ? ::pclose(pipe) : -1, 0);
  std::vector<Counted> found;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    Counted file;
    cells >> file.path >> file.records >> file.broken;
    for (std::string cell; cells >> cell;) file.kinds[cell.substr(0, cell.find('='))] = std::stoull(cell.substr(cell.find('=') + 1));
    found.push_back(file);
  }
  return found;
}

TEST_F(Archive, AgreesWithAnotherReaderAboutRealFiles) {
  const std::string root = QUERN_SHARED_DATA "/warc";
  if (!path_exists(root)) {
    std::printf("no %s: this is left out\n", root.c_str());
    return;
  }
  std::size_t files = 0;
  for (const Counted& file : counted_by_script(root + "/*/*")) {
    ++files;
    const Reading reading = read(read_file(file.path));
    const std::uint64_t bad = reading.rows.size() - reading.documents();
    const std::uint64_t accounted = reading.rows.size() + sum(reading.passed);
    std::printf("%-72s %4lu records counted%s: %4zu documents, %2lu quarantined, %4lu passed over\n", file.path.substr(root.size() + 1).c_str(), file.records,
                file.broken ? " and a broken one" : "", reading.documents(), bad, sum(reading.passed));
    if (file.broken == 0) {
      EXPECT_EQ(accounted, file.records) << file.path;
      EXPECT_EQ(bad, 0u) << file.path;
    } else {
      EXPECT_GT(accounted, file.records) << file.path;
      EXPECT_GT(bad, 0u) << file.path;
    }
    const auto kind = [&](const char* name) { return file.kinds.contains(name) ? file.kinds.at(name) : 0; };
    if (file.broken == 0) {
      EXPECT_EQ(count(reading.passed, PassedOver::request), kind("request")) << file.path;
      EXPECT_EQ(count(reading.passed, PassedOver::metadata), kind("metadata")) << file.path;
      EXPECT_EQ(count(reading.passed, PassedOver::revisit), kind("revisit")) << file.path;
      EXPECT_EQ(count(reading.passed, PassedOver::warcinfo), kind("warcinfo") + kind("filedesc")) << file.path;
    }
    const std::uint64_t size = std::filesystem::file_size(path_);
    for (const std::uint64_t pieces : {2u, 3u, 17u}) {
      std::vector<std::uint64_t> cuts;
      for (std::uint64_t i = 1; i < pieces; ++i) cuts.push_back(size * i / pieces);
      expect_same(reading, read(written_, cuts, pieces == 17), cuts);
    }
  }
  EXPECT_EQ(files, 33u);
}

}  // namespace
}  // namespace quern
