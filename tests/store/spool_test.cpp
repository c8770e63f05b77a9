#include "quern/base/error.hpp"
#include "quern/store/spool.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace quern {
namespace {

std::string text_of(std::uint64_t unit, std::uint64_t record) { return std::string(record % 7 * 5, static_cast<char>('a' + unit)) + std::to_string(record); }

/// Two units of `records` rows each; every third row has a signature of 4 bytes.
std::vector<UnitPlace> write_two_units(const std::string& folder, std::uint64_t records, std::uint64_t block_bytes) {
  SpoolWriter writer(folder, "map", 3, 4, block_bytes);
  std::vector<UnitPlace> places;
  for (const std::uint64_t unit : {11u, 5u}) {
    writer.begin(unit);
    for (std::uint64_t i = 0; i < records; ++i) {
      SpoolRow row;
      row.offset = i * 100;
      row.text_bytes = 10;
      row.verdict = i % 2 == 0 ? Verdict::kept : Verdict::removed;
      writer.add(row, "id" + std::to_string(i), i % 3 == 0 ? "SIG" + std::string(1, static_cast<char>('0' + i % 10)) : "", text_of(unit, i));
    }
    places.push_back(writer.end());
  }
  writer.close();
  return places;
}

TEST(Spool, GivesBackEveryRowInOrderWhateverTheBlockSize) {
  for (const std::uint64_t block_bytes : {1u, 64u, 1u << 20}) {
    const test::TempFolder folder;
    const auto places = write_two_units(folder.path(), 50, block_bytes);
    SpoolReader reader(folder.path(), "map");
    for (const UnitPlace& place : places) {
      EXPECT_EQ(place.records, 50u);
      EXPECT_EQ(place.text_bytes, 250u);
      std::uint64_t seen = 0;
      reader.for_each_block(place, {.ids = true, .signatures = true, .payload = true}, [&](const SpoolBlock& block) {
        EXPECT_EQ(block.first_ordinal, seen);
        for (std::uint32_t i = 0; i < block.rows.size(); ++i, ++seen) {
          const SpoolRow& row = block.rows[i];
          EXPECT_EQ(row.offset, seen * 100);
          EXPECT_EQ(block.payload_of(row), text_of(place.unit, seen));
          EXPECT_EQ(row.signature == kNoSignature, seen % 3 != 0);
          const SpoolRef ref{.block = block.position, .segment = static_cast<std::uint32_t>(block.segment), .row = i};
          EXPECT_EQ(reader.payload(ref), text_of(place.unit, seen));
          EXPECT_EQ(reader.row(ref).offset, row.offset);
          if (seen % 3 == 0) {
            EXPECT_EQ(block.signature_of(row), reader.signature(ref));
            EXPECT_EQ(reader.signature(ref), "SIG" + std::to_string(seen % 10));
          }
        }
      });
      EXPECT_EQ(seen, 50u);
    }
  }
}

TEST(Spool, WhatIsWrittenEarlyOrNotKeptInMemoryIsReadAllTheSame) {
  const test::TempFolder folder;
  SpoolWriter writer(folder.path(), "map", 3, 0, 1u << 20);
  writer.begin(0);
  for (int i = 0; i < 5; ++i) writer.add({}, "", {}, std::string(3u << 20, static_cast<char>('a' + i)));
  const UnitPlace place = writer.end();
  writer.close();
  SpoolReader reader(folder.path(), "map");
  for (int pass = 0; pass < 2; ++pass) {
    std::string firsts;
    reader.for_each_block(place, {.payload = true}, [&](const SpoolBlock& block) { firsts += block.payload.front(); });
    EXPECT_EQ(firsts, "abcde");
    reader.done_with(place);
  }
}

TEST(Spool, AnEmptyUnitHasNoBlocks) {
  const test::TempFolder folder;
  const auto places = write_two_units(folder.path(), 0, 100);
  SpoolReader(folder.path(), "map").for_each_block(places[0], {}, [](const SpoolBlock&) { FAIL(); });
  EXPECT_EQ(places[0].records, 0u);
}

TEST(Spool, NoticesEveryChangedByteOfABlock) {
  const test::TempFolder folder;
  const auto places = write_two_units(folder.path(), 4, 1u << 20);
  const std::string path = segment_path(folder.path(), "map", 3);
  const std::string good = read_file(path);
  int noticed = 0;
  for (std::uint64_t at = places[0].begin; at < places[0].end; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    publish_file(path, bad);
    SpoolReader reader(folder.path(), "map");
    EXPECT_THROW(reader.for_each_block(places[0], {.ids = true, .signatures = true, .payload = true}, [](const SpoolBlock&) {}), Error) << at;
    ++noticed;
  }
  EXPECT_GT(noticed, 300);
}

TEST(Spool, SaysWhereATornSegmentEnds) {
  const test::TempFolder folder;
  const auto places = write_two_units(folder.path(), 4, 1u << 20);
  std::filesystem::resize_file(segment_path(folder.path(), "map", 3), places[1].end - 1);
  SpoolReader reader(folder.path(), "map");
  try {
    reader.for_each_block(places[1], {.ids = true, .signatures = true, .payload = true}, [](const SpoolBlock&) {});
    FAIL() << "a torn segment was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::store);
    EXPECT_NE(std::string(error.what()).find("map.00003.spool: ends at offset"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace quern
