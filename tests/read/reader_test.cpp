#include "quern/read/raw_lines.hpp"
#include "quern/read/reader.hpp"
#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "read/pieces.hpp"
#include "store/compress.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <numeric>

namespace quern {
namespace {

using test::gzip_member;
using test::Reader;
using test::Reading;
using test::Row;
using test::skippable_frame;
using test::zstd_frame;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Call>
void expect_input_error(Call call, const std::string& message) {
  try {
    call();
    ADD_FAILURE() << "no error: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

std::string line_of(int i, std::size_t bytes) {
  return "{\"id\":" + std::to_string(i) + ",\"text\":\"" + std::string(bytes, static_cast<char>('a' + i % 26)) + "\"}\n";
}

/// Lines of many kinds: short, long, blank, with CR, broken, without the field, not UTF-8, the last without its newline.
std::string many_lines() {
  std::string lines = "\xEF\xBB\xBF{\"id\":\"bom\",\"text\":\"first\"}\r\n";
  for (int i = 0; i < 30; ++i) {
    lines += line_of(i, static_cast<std::size_t>(i * i % 97));
    if (i % 7 == 0) lines += "\n \t\r\n\n";
    if (i % 5 == 0) lines += "{\"text\":\"cr\\r\\n\"}\r\n";
    if (i % 11 == 0) lines += "{\"text\":broken}\n{\"title\":\"no text\"}\n{\"text\":\"\xff\"}\n";
    if (i == 15) lines += line_of(i, 1500);
  }
  return lines + "{\"id\":\"last\",\"text\":\"no newline\"}";
}

TEST_F(Reader, ReadsLinesWithTheirOffsets) {
  const Reading reading = read_bytes("{\"text\":\"a\",\"id\":\"x\"}\n\n  {\"text\":\"b\"}\r\n{\"text\":\"c\"}");
  EXPECT_THAT(reading.rows,
              ElementsAre(Row{0, Reason::none, "a", "x", ""}, Row{23, Reason::none, "b", "", ""}, Row{39, Reason::none, "c", "", ""}));
  EXPECT_EQ(reading.pieces[0].first, 0u);
  EXPECT_EQ(reading.pieces[0].end, 51u);
  EXPECT_EQ(reading.pieces[0].records, 3u);
  EXPECT_FALSE(reading.pieces[0].unreadable);
}

TEST_F(Reader, AFileWithoutContentHasNoRecords) {
  for (const std::string& file : {std::string(), std::string("\n\n \r\n"), std::string("\xEF\xBB\xBF"), gzip_member(""), zstd_frame("")}) {
    EXPECT_EQ(read_bytes(file).rows, std::vector<Row>{});
  }
}

TEST_F(Reader, ByteOrderMarksAreSkippedOnlyBeforeTheFirstLine) {
  const Reading reading = read_bytes("\xEF\xBB\xBF{\"text\":\"a\"}\n\xEF\xBB\xBF{\"text\":\"b\"}\n");
  ASSERT_EQ(reading.rows.size(), 2u);
  EXPECT_EQ(reading.rows[0], (Row{0, Reason::none, "a", "", ""}));
  EXPECT_EQ(reading.rows[1].bad, Reason::json);
}

TEST_F(Reader, BadLinesAreRecordsWithTheirReason) {
  const Reading reading = read_bytes("{\"text\":\"a\"\n{\"id\":3}\n[1]\n{\"id\":\"x\",\"text\":\"\xff\"}\n");
  EXPECT_THAT(reading.rows,
              ElementsAre(Row{0, Reason::json, "", "", "byte 11: the line ends inside an object or array"},
                          Row{12, Reason::field, "", "3", "no field 'text'"}, Row{21, Reason::field, "", "", "not a JSON object"},
                          Row{25, Reason::utf8, "", "x", "byte 18: invalid UTF-8"}));
}

TEST_F(Reader, PlainFilesMayBeCutAnywhere) { EXPECT_GT(check_every_cut(many_lines()), 3000u); }

TEST_F(Reader, OneGzipMemberMayBeCutAnywhere) {
  EXPECT_GT(check_every_cut(gzip_member(many_lines())), 100u);
  EXPECT_GT(check_every_cut(gzip_member(many_lines(), {.level = 0})), 2000u);
}

TEST_F(Reader, ManyGzipMembersMayBeCutAnywhere) {
  std::string file;
  const std::string lines = many_lines();
  std::size_t members = 0;
  for (std::size_t at = 0; at < lines.size(); at += 117, ++members) file += gzip_member(lines.substr(at, 117));
  EXPECT_GT(members, 20u);
  EXPECT_GT(check_every_cut(file), 1000u);
}

TEST_F(Reader, OneZstdFrameMayBeCutAnywhere) {
  EXPECT_GT(check_every_cut(zstd_frame(many_lines(), {.flush_every = 100})), 500u);
  EXPECT_GT(check_every_cut(zstd_frame(many_lines(), {.checksum = false, .content_size = false, .flush_every = 13})), 1000u);
  check_every_cut(zstd_frame(many_lines()));
}

TEST_F(Reader, ManyZstdFramesMayBeCutAnywhere) {
  std::string file = skippable_frame("index");
  const std::string lines = many_lines();
  for (std::size_t at = 0; at < lines.size(); at += 117) file += zstd_frame(lines.substr(at, 117)) + skippable_frame("x", 3);
  EXPECT_GT(check_every_cut(file), 1000u);
}

TEST_F(Reader, OneReaderInflatesAFileOnceHoweverItIsCut) {
  std::string lines;
  for (int i = 0; i < 30'000; ++i) lines += line_of(i, 150);
  for (const std::string& file : {gzip_member(lines), zstd_frame(lines)}) {
    write(file);
    UnitReader reader(job_);
    std::size_t strides = 0, records = 0;
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Unit unit{i, 0, {piece(file.size() * i / 10, file.size() * (i + 1) / 10, file.size())}};
      records += reader.read(unit, [](const Record&) {}, [&] { ++strides; })[0].records;
    }
    EXPECT_EQ(records, 30'000u);
    std::size_t strides_of_last = 0;
    UnitReader(job_).read({9, 0, {piece(file.size() * 9 / 10, file.size(), file.size())}}, [](const Record&) {}, [&] { ++strides_of_last; });
    EXPECT_GT(strides_of_last, 10u);
    EXPECT_LT(strides, strides_of_last + 40) << "every piece from the beginning would take five times as many";
  }
}

TEST_F(Reader, FetchingAheadNeverFails) {
  fetch_ahead({0, 0, {}});
  fetch_ahead({0, 0, {piece(0, 5, 5)}});
  write(many_lines());
  fetch_ahead({0, 0, {piece(5, 9, 9)}});
  EXPECT_EQ(read().rows.size(), read({10}).rows.size());
}

TEST_F(Reader, ALineMayReachOverManyPieces) {
  const std::string file = line_of(1, 10) + line_of(2, 5000) + line_of(3, 10);
  const Reading whole = read_bytes(file);
  ASSERT_EQ(whole.rows.size(), 3u);
  std::vector<std::uint64_t> cuts(40);
  std::iota(cuts.begin(), cuts.end(), 1);
  for (std::uint64_t& cut : cuts) cut *= file.size() / 41;
  check_cut(whole, cuts);
}

TEST_F(Reader, PiecesInsideOneLineAreNotReadToItsEnd) {
  const std::string file = line_of(1, 10) + line_of(2, 8'000'000) + line_of(3, 10);
  write(file);
  std::size_t strides = 0, inside = 0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const Unit unit{i, 0, {piece(file.size() * i / 30, file.size() * (i + 1) / 30, file.size())}};
    inside += UnitReader(job_).read(unit, [](const Record&) {}, [&] { ++strides; })[0].inside_line ? 1 : 0;
  }
  EXPECT_EQ(inside, 28u);
  EXPECT_LT(strides, 200u) << "31 for the line, a few for each piece; to the line's end from each piece it would be more than 500";
}

TEST_F(Reader, LongLinesAreOneBadRecordAndAreNotHeld) {
  job_.max_document_bytes = 100;
  const std::string fits = "{\"text\":\"" + std::string(100 - 11, 'x') + "\"}";
  ASSERT_EQ(fits.size(), 100u);
  const std::string lines = fits + "\r\n" + "{" + fits + "\n" + std::string(3'000'000, 'y') + "\n" + fits + "\n" + std::string(101, ' ') +
                            "\n" + std::string(3'000'000, 'z');
  const std::vector<Row> expected = {
      {0, Reason::none, std::string(89, 'x'), "", ""},
      {102, Reason::size, "", "", "a line of 101 bytes; max_document_bytes is 100"},
      {204, Reason::size, "", "", "a line of 3000000 bytes; max_document_bytes is 100"},
      {3000205, Reason::none, std::string(89, 'x'), "", ""},
      {3000306, Reason::size, "", "", "a line of 101 bytes; max_document_bytes is 100"},
      {3000408, Reason::size, "", "", "a line of 3000000 bytes; max_document_bytes is 100"},
  };
  for (const std::string& file : {lines, gzip_member(lines), zstd_frame(lines)}) {
    const Reading whole = read_bytes(file);
    EXPECT_EQ(whole.rows, expected);
    for (const std::uint64_t cut : {std::uint64_t{1}, std::uint64_t{102}, std::uint64_t{103}, file.size() / 2, file.size() - 1}) {
      check_cut(whole, {cut});
    }
  }
}

TEST_F(Reader, LinesLongerThanTheStrideAreRead) {
  const std::string lines = line_of(1, 3'000'000) + line_of(2, 5) + line_of(3, 700'000);
  for (const std::string& file : {lines, gzip_member(lines), zstd_frame(lines)}) {
    const Reading reading = read_bytes(file);
    ASSERT_EQ(reading.rows.size(), 3u);
    EXPECT_EQ(reading.rows[0].text.size(), 3'000'000u);
    EXPECT_EQ(reading.rows[1].text, "ccccc");
    EXPECT_EQ(reading.rows[2].offset, lines.size() - line_of(3, 700'000).size());
  }
}

TEST_F(Reader, ATornLineBelongsToTheDamage) {
  const std::string a = "{\"text\":\"a\"}\n", b = "{\"text\":\"b\"}\n";
  std::string wrong = gzip_member(a + "{\"text\":\"to");
  wrong[wrong.size() - 8] ^= 1;
  const Reading reading = read_bytes(wrong + gzip_member("rn\"}\n" + b));
  ASSERT_EQ(reading.rows.size(), 3u);
  EXPECT_EQ(reading.rows[0], (Row{0, Reason::none, "a", "", ""}));
  EXPECT_EQ(reading.rows[1].bad, Reason::damage);
  EXPECT_EQ(reading.rows[1].offset, a.size());
  EXPECT_THAT(reading.rows[1].message, HasSubstr("the gzip member at byte 0 is damaged: its checksum is wrong"));
  EXPECT_EQ(reading.rows[1].untrusted_from, 0u);
  EXPECT_EQ(reading.rows[1].untrusted_to, a.size() + 11);
  EXPECT_EQ(reading.rows[2].text, "b");
}

TEST_F(Reader, WholeLinesNextToADamageAreKept) {
  const std::string a = "{\"text\":\"a\"}", b = "{\"text\":\"b\"}\n";
  std::string wrong = zstd_frame(a);
  wrong.back() ^= 1;
  const Reading reading = read_bytes(wrong + "garbage" + zstd_frame(b + "broken\n"));
  ASSERT_EQ(reading.rows.size(), 4u);
  EXPECT_EQ(reading.rows[0].text, "a");
  EXPECT_EQ(reading.rows[1].bad, Reason::damage);
  EXPECT_EQ(reading.rows[1].offset, a.size());
  EXPECT_EQ(reading.rows[2].text, "b");
  EXPECT_EQ(reading.rows[3].bad, Reason::json) << "a line further away is its own";
}

TEST_F(Reader, DamagedFilesGiveTheSameRecordsHoweverTheyAreCut) {
  job_.max_document_bytes = 400;
  std::string lines;
  for (int i = 0; i < 12; ++i) lines += line_of(i, i == 7 ? 500 : static_cast<std::size_t>(i * 9 % 31));
  const std::size_t half = lines.size() / 2;
  const std::vector<std::string> files = {
      gzip_member(lines.substr(0, half)) + gzip_member(lines.substr(half)),
      zstd_frame(lines.substr(0, half), {.flush_every = 90}) + zstd_frame(lines.substr(half), {.flush_every = 60}),
  };
  std::map<Reason, std::size_t> seen;
  for (const std::string& file : files) {
    for (std::size_t at = 0; at < file.size(); ++at) {
      std::string flipped = file;
      flipped[at] ^= static_cast<char>(1 << at % 8);
      const Reading whole = read_bytes(flipped);
      for (const Row& row : whole.rows) ++seen[row.bad];
      for (std::uint64_t cut = 1 + at % 11; cut < file.size(); cut += 11) {
        check_cut(whole, {cut});
        ASSERT_FALSE(HasFailure()) << "flipped at " << at << ", cut at " << cut << " of " << file.size();
      }
    }
  }
  EXPECT_GT(seen[Reason::damage], 200u);
  EXPECT_GT(seen[Reason::none], 1000u);
  EXPECT_GT(seen[Reason::size], 100u);
}

TEST_F(Reader, TextFilesAreOneRecordNamedByTheirPath) {
  job_.input[0].format = InputFormat::text;
  for (const std::string& text : {std::string("a\nb\r\n"), std::string(), std::string(1'000'000, 'x')}) {
    for (const std::string& file : {text, gzip_member(text), zstd_frame(text)}) {
      const Reading reading = read_bytes(file);
      EXPECT_THAT(reading.rows, ElementsAre(Row{0, Reason::none, text, "name", ""}));
      EXPECT_EQ(reading.pieces[0].end, text.size());
    }
  }
}

TEST_F(Reader, TextFilesFollowTheUtf8Policy) {
  job_.input[0].format = InputFormat::text;
  EXPECT_THAT(read_bytes("ab\xff").rows, ElementsAre(Row{0, Reason::utf8, "", "name", "byte 2: invalid UTF-8"}));
  job_.clean.invalid_utf8 = InvalidUtf8::repair;
  EXPECT_THAT(read_bytes("ab\xff").rows, ElementsAre(Row{0, Reason::none, "ab\uFFFD", "name", ""}));
}

TEST_F(Reader, TextFilesThatAreTooLongOrDamagedAreBadRecords) {
  job_.input[0].format = InputFormat::text;
  job_.max_document_bytes = 10;
  EXPECT_EQ(read_bytes("0123456789").rows[0].bad, Reason::none);
  const Reading reading = read_bytes(std::string(3'000'000, 'x'));
  EXPECT_THAT(reading.rows, ElementsAre(Row{0, Reason::size, "", "name", "more than 10 bytes, which is max_document_bytes"}));
  EXPECT_EQ(reading.pieces[0].end, 10u);
  EXPECT_EQ(read_bytes("0123456789x").rows[0].bad, Reason::size);
  const Reading damaged = read_bytes(gzip_member("abc").substr(0, 15));
  ASSERT_EQ(damaged.rows.size(), 1u);
  EXPECT_EQ(damaged.rows[0].bad, Reason::damage);
  EXPECT_EQ(damaged.rows[0].own_id, "name");
}

TEST_F(Reader, AFileThatCannotBeReadIsOneBadRecord) {
  write("{\"text\":\"a\"}\n");
  for (const InputFormat format : {InputFormat::jsonl, InputFormat::text}) {
    job_.input[0].format = format;
    std::vector<Reason> reasons;
    const auto note = [&](const Record& record) {
      reasons.push_back(record.bad);
      EXPECT_THAT(std::string(record.message), HasSubstr(path_));
    };
    Piece gone = piece(0, 13, 13);
    gone.path += ".gone";
    const auto read = read_unit({0, 0, {gone, piece(0, 13, 13)}}, job_, [&](const Record& record) {
      if (record.bad != Reason::none) note(record);
    });
    EXPECT_THAT(reasons, ElementsAre(Reason::io)) << "the next file is read";
    EXPECT_TRUE(read[0].unreadable);
    EXPECT_EQ(read[1].records, 1u);
  }
}

TEST_F(Reader, AFileThatShrinksWhileItIsReadEndsTheRun) {
  const std::string lines = line_of(1, 10) + line_of(2, 1'000'000);
  write(lines);
  std::vector<Row> rows;
  const auto read = [&] {
    read_unit({0, 0, {piece(0, lines.size(), lines.size())}}, job_, [&](const Record& record) {
      rows.push_back({record.offset, record.bad, std::string(record.text), {}, {}});
      ASSERT_EQ(::truncate(path_.c_str(), 100), 0);
    });
  };
  expect_input_error(read, "it has 100 bytes");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text, "bbbbbbbbbb");
}

TEST_F(Reader, AFileThatIsWrittenToWhileItIsReadEndsTheRun) {
  const std::string lines = line_of(1, 10) + line_of(2, 10);
  write(lines);
  Piece whole = piece(0, lines.size(), lines.size());
  whole.modified_ns = File(path_, File::Mode::read).modified_ns();
  std::size_t records = 0;
  const auto read = [&] { read_unit({0, 0, {whole}}, job_, [&](const Record&) { ++records; }); };
  read();
  EXPECT_EQ(records, 2u);
  whole.modified_ns -= 1;
  expect_input_error(read, "by the time of its last change");
  EXPECT_EQ(records, 2u) << "nothing of it is given";
  whole.path += ".gone";
  read();
  EXPECT_EQ(records, 3u) << "a file that is gone is one bad record";
}

TEST_F(Reader, PiecesOfAnUnreadableFileEachGiveOneRecord) {
  Piece first = piece(0, 50, 100), second = piece(50, 100, 100);
  first.path = second.path = path_ + ".gone";
  const auto read = read_unit({0, 0, {first, second}}, job_, [](const Record& record) { EXPECT_EQ(record.bad, Reason::io); });
  EXPECT_EQ(read[0].records, 1u);
  EXPECT_EQ(read[1].records, 1u);
}

TEST_F(Reader, OnErrorStopEndsTheRunAtTheFirstBadRecord) {
  job_.on_error = OnError::stop;
  write("{\"text\":\"a\"}\n{\"text\":\"b\n{\"text\":\n");
  expect_input_error([&] { read(); }, path_ + ": the record at offset 13 cannot be taken in: json: byte");
  write(gzip_member("{\"text\":\"a\"}\n").substr(0, 20));
  expect_input_error([&] { read(); }, ": damage: the gzip member at byte 0 is damaged");
  write("{\"text\":\"a\"}\n");
  EXPECT_EQ(read().rows.size(), 1u);
}

TEST_F(Reader, RawLinesAreGivenByteForByte) {
  const std::string lines = "\xEF\xBB\xBF{\"a\r\n" + line_of(1, 10) + std::string("\0\xff\n", 3) + std::string(3'000'000, 'y') + "\n" + "{\"end";
  const std::vector<std::uint64_t> offsets = {0, 8 + line_of(1, 10).size(), 11 + line_of(1, 10).size(), lines.size() - 5};
  for (const std::string& file : {lines, gzip_member(lines), zstd_frame(lines)}) {
    write(file);
    std::string raw;
    std::size_t largest = 0;
    copy_raw_lines(piece(0, file.size(), file.size()), offsets, job_, [&](std::string_view bytes) {
      raw += bytes;
      largest = std::max(largest, bytes.size());
    });
    EXPECT_EQ(raw, "{\"a\r\n" + std::string("\0\xff\n", 3) + std::string(3'000'000, 'y') + "\n{\"end\n");
    EXPECT_LT(largest, 300'000u) << "a long line is never held";
  }
  const std::vector<std::uint64_t> behind = {9'000'000};
  EXPECT_THROW(copy_raw_lines(piece(0, zstd_frame(lines).size(), zstd_frame(lines).size()), behind, job_, [](std::string_view) {}), Error);
}

TEST_F(Reader, AUnitMayMixEntriesAndFormats) {
  job_.input.resize(3);
  job_.input[1].format = InputFormat::text;
  job_.input[2].text_field = "body";
  const std::string line = "{\"text\":\"a\",\"body\":\"b\"}\n";
  write(line);
  Unit unit;
  for (std::uint16_t entry = 0; entry < 3; ++entry) {
    Piece whole = piece(0, line.size(), line.size());
    whole.entry = entry;
    unit.pieces.push_back(whole);
  }
  std::vector<std::string> texts;
  const auto read = read_unit(unit, job_, [&](const Record& record) { texts.emplace_back(record.text); });
  EXPECT_THAT(texts, ElementsAre("a", line, "b"));
  EXPECT_EQ(read.size(), 3u);
  unit.pieces[0].entry = 3;
  EXPECT_THROW(read_unit(unit, job_, [](const Record&) {}), Error);
}

TEST_F(Reader, WhatTheSinkThrowsEndsTheReading) {
  write("{\"text\":\"a\"}\n");
  EXPECT_THROW(read_unit({0, 0, {piece(0, 13, 13)}}, job_, [](const Record&) { throw std::runtime_error("enough"); }), std::runtime_error);
}

TEST_F(Reader, MemoryPerRankBoundsZstdWindows) {
  job_.memory_per_rank = 64u << 20;
  write(zstd_frame(line_of(1, 100), {.content_size = false, .flush_every = 10, .window_log = 27}));
  EXPECT_EQ(read().rows.size(), 1u) << "what has little content needs no window";
  write(zstd_frame(line_of(1, 33u << 20), {.content_size = false, .window_log = 27}));
  EXPECT_THROW(read(), Error);
  job_.memory_per_rank = 256u << 20;
  EXPECT_EQ(read().rows.size(), 1u);
}

}  // namespace
}  // namespace quern
