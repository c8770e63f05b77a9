#include "quern/store/journal.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace quern {
namespace {

std::string bytes_of(const std::string& path) { return read_file(path); }

void put(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// Three batches; returns where each ends.
std::vector<std::uint64_t> write_three(const std::string& path) {
  JournalWriter writer(path, 7);
  std::vector<std::uint64_t> ends;
  for (const std::uint32_t kind : {1u, 2u, 3u}) {
    writer.append(kind, std::string(kind * 10, static_cast<char>('a' + kind)));
    ends.push_back(File(path, File::Mode::read).size());
  }
  return ends;
}

TEST(Journal, GivesBackBatchesInOrder) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/journal";
  write_three(path);
  const JournalContents contents = read_journal(path);
  ASSERT_EQ(contents.batches.size(), 3u);
  EXPECT_EQ(contents.torn, 0u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(contents.batches[i].kind, i + 1);
    EXPECT_EQ(contents.batches[i].epoch, 7u);
    EXPECT_EQ(contents.batches[i].payload, std::string((i + 1) * 10, static_cast<char>('b' + i)));
  }
}

TEST(Journal, LosesOnlyTheTornBatchWhereverItWasCut) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/journal";
  const auto ends = write_three(path);
  const std::string whole = bytes_of(path);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    put(path, std::string_view(whole).substr(0, cut));
    const JournalContents contents = read_journal(path);
    const auto expected = static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](std::uint64_t end) { return end <= cut; }));
    ASSERT_EQ(contents.batches.size(), expected) << cut;
    EXPECT_EQ(contents.end + contents.torn, cut);
    JournalWriter(path, contents, 8).append(9, "next");
    const JournalContents after = read_journal(path);
    ASSERT_EQ(after.batches.size(), expected + 1) << cut;
    EXPECT_EQ(after.torn, 0u);
    EXPECT_EQ(after.batches.back().payload, "next");
    EXPECT_EQ(after.batches.back().epoch, 8u);
  }
}

TEST(Journal, SaysWhereItIsDamagedWhenMoreFollows) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/journal";
  const auto ends = write_three(path);
  const std::string whole = bytes_of(path);
  for (std::size_t at = 0; at < ends[1]; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    put(path, damaged);
    try {
      read_journal(path);
      ADD_FAILURE() << "byte " << at << " was not missed";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("--restart"), std::string::npos);
    }
  }
}

TEST(Journal, IsNotMadeTwice) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/journal";
  write_three(path);
  EXPECT_THROW(JournalWriter(path, 1), Error);
}

}  // namespace
}  // namespace quern
