#pragma once
// A file read whole, and cut in every way: the records must be the same, and the pieces must meet.

#include "quern/read/reader.hpp"
#include "store/compress.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace quern::test {

/// A record with its own copies.
struct Row {
  std::uint64_t offset = 0;
  Reason bad = Reason::none;
  std::string text;
  std::string own_id;
  std::string message;
  std::uint64_t untrusted_from = 0, untrusted_to = 0;
  bool is_html = false;
  std::string source = {}, metadata = {};
  bool operator==(const Row&) const = default;
};

inline std::ostream& operator<<(std::ostream& to, const Row& row) {
  return to << row.offset << ' ' << name(row.bad) << " '" << row.text.substr(0, 40) << "' id '" << row.own_id << "' " << row.message;
}

struct Reading {
  std::vector<Row> rows;
  std::vector<PieceRead> pieces;
};

/// Reads a file whole and in pieces.
class Reader : public ::testing::Test {
 protected:
  Reader() { job_.input.resize(1); }

  void write(const std::string& bytes) { write_quickly(path_, bytes); }

  Piece piece(std::uint64_t begin, std::uint64_t end, std::uint64_t size) const { return {7, 0, path_, "name", size, begin, end}; }

  /// The file cut at the given places, each piece a unit, each read by a reader of its own or all by one after the other.
  Reading read(std::vector<std::uint64_t> cuts = {}, bool by_one_reader = false) {
    UnitReader reader(job_, open_decoder_);
    const std::uint64_t size = std::filesystem::file_size(path_);
    cuts.push_back(size);
    Reading reading;
    std::uint64_t begin = 0;
    for (const std::uint64_t cut : cuts) {
      Unit unit{reading.pieces.size(), 0, {piece(begin, cut, size)}};
      begin = cut;
      if (!by_one_reader) reader = UnitReader(job_, open_decoder_);
      const auto read = reader.read(unit, [&](const Record& record) {
        EXPECT_EQ(record.file, 7u);
        reading.rows.push_back(
            {record.offset, record.bad, std::string(record.text), std::string(record.own_id), std::string(record.message),
             record.untrusted_from, record.untrusted_to, record.is_html, std::string(record.source), std::string(record.metadata)});
      });
      EXPECT_EQ(read.size(), 1u);
      EXPECT_EQ(read[0].bytes, read[0].end - read[0].first);
      reading.pieces.push_back(read[0]);
    }
    return reading;
  }

  Reading read_bytes(const std::string& bytes) {
    write(bytes);
    return read();
  }

  /// Every cut into two, and some into three and more, gives the records of the uncut file, and the pieces meet.
  std::size_t check_every_cut(const std::string& file, std::size_t step = 1) {
    const Reading whole = read_bytes(file);
    std::size_t both = 0;
    for (std::uint64_t cut = 1; cut < file.size(); cut += step) {
      both += check_cut(whole, {cut}) ? 1 : 0;
      if (HasFatalFailure()) return 0;
      if (cut % 5 == 0) check_cut(whole, {cut / 3, cut / 2, cut / 2 + 1, cut}, true);
    }
    return both;
  }

  bool check_cut(const Reading& whole, std::vector<std::uint64_t> cuts, bool unique = false) {
    if (unique) {
      std::erase(cuts, 0u);
      cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    }
    const Reading parts = read(cuts);
    EXPECT_EQ(parts.rows, whole.rows) << "cut at " << cuts.front() << " " << cuts.back();
    const Reading by_one = read(cuts, true);
    EXPECT_EQ(by_one.rows, whole.rows) << "read on at " << cuts.front() << " " << cuts.back();
    for (std::size_t i = 0; i < parts.pieces.size(); ++i) {
      EXPECT_EQ(by_one.pieces[i].records, parts.pieces[i].records) << "piece " << i << ", cut at " << cuts.front();
      // A reader that has passed over the line itself knows where it ends.
      if (parts.pieces[i].inside_line || by_one.pieces[i].inside_line) continue;
      EXPECT_EQ(by_one.pieces[i].first, parts.pieces[i].first) << "piece " << i << ", cut at " << cuts.front();
      EXPECT_EQ(by_one.pieces[i].end, parts.pieces[i].end) << "piece " << i << ", cut at " << cuts.front();
    }
    EXPECT_EQ(parts.pieces.front().first, 0u);
    std::uint64_t records = 0, end = 0;
    for (std::size_t i = 0; i < parts.pieces.size(); ++i) {
      records += parts.pieces[i].records;
      if (parts.pieces[i].inside_line) {
        EXPECT_EQ(parts.pieces[i].records, 0u);
        continue;
      }
      EXPECT_EQ(parts.pieces[i].first, end) << "piece " << i << ", cut at " << cuts.front();
      end = parts.pieces[i].end;
    }
    EXPECT_EQ(end, whole.pieces[0].end);
    EXPECT_EQ(records, whole.rows.size());
    return parts.pieces.front().records > 0 && parts.pieces.back().records > 0;
  }

  TempFolder folder_;
  std::string path_ = folder_ / "file";
  Job job_;
  OpenDecoder open_decoder_;
};

}  // namespace quern::test
