#include "quern/base/error.hpp"
#include "quern/store/spool.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace quern {
namespace {

std::string extra_of(std::uint64_t i) { return std::string(i % 4, 'x'); }

std::string text_of(std::uint64_t unit, std::uint64_t record) { return std::string(record % 7 * 5, static_cast<char>('a' + unit)) + std::to_string(record); }

SpoolHome sealed(const std::string& folder, char with = 'k') {
  SpoolHome home(folder);
  home.key.emplace(std::string(kKeyBytes, with));
  return home;
}

/// Two units of `records` rows each; every third row has a signature of 4 bytes.
std::vector<UnitPlace> write_two_units(const SpoolHome& home, std::uint64_t records, std::uint64_t block_bytes) {
  SpoolWriter writer(home, "map", 3, 4, block_bytes);
  std::vector<UnitPlace> places;
  for (const std::uint64_t unit : {11u, 5u}) {
    writer.begin(unit);
    for (std::uint64_t i = 0; i < records; ++i) {
      SpoolRow row;
      row.offset = i * 100;
      row.text_bytes = 10;
      row.verdict = i % 2 == 0 ? Verdict::kept : Verdict::removed;
      writer.add(row, "identity" + std::to_string(i), i % 3 == 0 ? "SIG" + std::string(1, static_cast<char>('0' + i % 10)) : "", text_of(unit, i), extra_of(i));
    }
    places.push_back(writer.end());
  }
  writer.close();
  return places;
}

TEST(Spool, GivesBackEveryRowInOrderWhateverTheBlockSize) {
  for (const std::uint64_t block_bytes : {1u, 64u, 1u << 20, 2u, 65u}) {
    const test::TempFolder folder;
    const SpoolHome home = block_bytes == 2 || block_bytes == 65 ? sealed(folder.path()) : SpoolHome(folder.path());
    const auto places = write_two_units(home, 50, block_bytes);
    SpoolReader reader(home, "map");
    for (const UnitPlace& place : places) {
      EXPECT_EQ(place.records, 50u);
      EXPECT_EQ(place.text_bytes, 250u);
      std::uint64_t seen = 0;
      reader.for_each_block(place, {.ids = true, .extras = true, .signatures = true, .payload = true}, [&](const SpoolBlock& block) {
        EXPECT_EQ(block.first_ordinal, seen);
        SpoolTexts ids(block.ids, &SpoolRow::id_bytes), extras(block.extras, &SpoolRow::extra_bytes);
        for (std::uint32_t i = 0; i < block.rows.size(); ++i, ++seen) {
          const SpoolRow& row = block.rows[i];
          EXPECT_EQ(row.offset, seen * 100);
          EXPECT_EQ(ids.next(row), "identity" + std::to_string(seen));
          EXPECT_EQ(extras.next(row), extra_of(seen));
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

/// What single reads give of a record, or "damaged".
std::string read_one(SpoolReader& reader, const SpoolRef& ref) try {
  const SpoolRecord record = reader.record(ref);
  return std::to_string(record.row.offset) + " " + record.payload + " " + reader.signature(ref);
} catch (const Error& error) {
  EXPECT_EQ(error.kind(), ErrorKind::store) << error.what();
  return "damaged";
}

TEST(Spool, EveryReaderNoticesEveryChangedByteOrIsRightAllTheSame) {
  for (const bool seal : {false, true}) {
    const test::TempFolder folder;
    const SpoolHome home = seal ? sealed(folder.path()) : SpoolHome(folder.path());
    const UnitPlace place = write_two_units(home, 4, 1u << 20)[0];
    const std::string path = segment_path(folder.path(), "map", 3);
    const std::string good = read_file(path);
    std::vector<std::string> right;
    SpoolReader first(home, "map");
    const auto ref = [](std::uint32_t row) { return SpoolRef{.block = 0, .segment = 3, .row = row}; };
    for (std::uint32_t row = 0; row < 4; ++row) right.push_back(read_one(first, ref(row)));
    EXPECT_EQ(right[3], "300 lllllllllllllll3 SIG3");
    int noticed = 0, noticed_alone = 0;
    for (std::uint64_t at = place.begin; at < place.end; ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 4);
      publish_file(path, bad);
      SpoolReader reader(home, "map");
      EXPECT_THROW(reader.for_each_block(place, {.ids = true, .extras = true, .signatures = true, .payload = true}, [](const SpoolBlock&) {}), Error) << at;
      ++noticed;
      for (std::uint32_t row = 0; row < 4; ++row) {
        const std::string found = read_one(reader, ref(row));
        if (found == "damaged") ++noticed_alone;
        else EXPECT_EQ(found, right[row]) << at;
      }
    }
    EXPECT_GT(noticed, 400);
    EXPECT_GT(noticed_alone, seal ? 4 * 400 : 4 * 200);
  }
}

TEST(Spool, ARowThatIsNotThereIsNoRow) {
  const test::TempFolder folder;
  write_two_units(folder.path(), 4, 1u << 20);
  SpoolReader reader(folder.path(), "map");
  EXPECT_THROW(reader.row({.block = 0, .segment = 3, .row = 4}), Error);
  EXPECT_THROW(reader.row({.block = 8, .segment = 3, .row = 0}), Error);
  EXPECT_THROW(reader.row({.block = 1u << 30, .segment = 3, .row = 0}), Error);
}

TEST(Spool, ASealedSegmentShowsNothingAndOpensOnlyWithItsKey) {
  const test::TempFolder folder;
  const SpoolHome home = sealed(folder.path());
  const auto places = write_two_units(home, 200, 4096);
  const std::string path = segment_path(folder.path(), "map", 3), bytes = read_file(path);
  for (const char* plain : {"identity1", "aaaaaaaa", "ffffffff"}) EXPECT_EQ(bytes.find(plain), std::string::npos) << plain;
  EXPECT_EQ(bytes.find(home.key->raw()), std::string::npos);
  EXPECT_TRUE(SpoolReader(home, "map").is_whole(places[1]));
  SpoolReader with_another(sealed(folder.path(), 'x'), "map"), without(folder.path(), "map");
  EXPECT_THROW(with_another.for_each_block(places[0], {}, [](const SpoolBlock&) {}), Error);
  EXPECT_THROW(without.for_each_block(places[0], {}, [](const SpoolBlock&) {}), Error);
}

TEST(Spool, TheSameRowsSealedAgainAreOtherBytes) {
  const test::TempFolder folder;
  const std::string path = segment_path(folder.path(), "map", 3);
  write_two_units(sealed(folder.path()), 3, 1u << 20);
  const std::string first = read_file(path);
  write_two_units(sealed(folder.path()), 3, 1u << 20);  // the same name, the same numbers of blocks: another key by another salt
  const std::string second = read_file(path);
  ASSERT_EQ(first.size(), second.size());
  std::size_t same = 0;
  for (std::size_t i = 144; i < first.size(); ++i) same += first[i] == second[i] ? 1 : 0;
  EXPECT_LT(same, first.size() / 4);
}

TEST(Spool, ABlockMovedToAnotherPlaceOfItsSegmentIsNoticed) {
  const test::TempFolder folder;
  const auto places = write_two_units(sealed(folder.path()), 4, 1u << 20);
  const std::string path = segment_path(folder.path(), "map", 3), bytes = read_file(path);
  publish_file(path, bytes.substr(places[1].begin) + bytes.substr(0, places[1].begin));
  SpoolReader reader(sealed(folder.path()), "map");
  EXPECT_THROW(reader.for_each_block(places[0], {}, [](const SpoolBlock&) {}), Error);
}

TEST(Spool, SegmentsHaveThePermissionsAskedForWhateverTheUmask) {
  for (const unsigned permissions : {0600u, 0640u, 0666u}) {
    const test::TempFolder folder;
    SpoolHome home(folder.path());
    home.permissions = permissions;
    const mode_t before = ::umask(permissions == 0600 ? 0 : 077);
    write_two_units(home, 1, 1);
    ::umask(before);
    EXPECT_EQ(File(segment_path(folder.path(), "map", 3), File::Mode::read).status().mode, permissions);
  }
}

TEST(Spool, SaysWhereATornSegmentEnds) {
  const test::TempFolder folder;
  const auto places = write_two_units(folder.path(), 4, 1u << 20);
  std::filesystem::resize_file(segment_path(folder.path(), "map", 3), places[1].end - 1);
  SpoolReader reader(folder.path(), "map");
  try {
    reader.for_each_block(places[1], {.ids = true, .extras = true, .signatures = true, .payload = true}, [](const SpoolBlock&) {});
    FAIL() << "a torn segment was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::store);
    EXPECT_NE(std::string(error.what()).find("map.00003.spool: ends at offset"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace quern
