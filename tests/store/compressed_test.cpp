#include "quern/base/error.hpp"
#include "quern/store/compressed.hpp"
#include "quern/store/file.hpp"
#include "store/compress.hpp"
#include "temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <vector>

namespace quern {
namespace {

using test::gzip_member;
using test::skippable_frame;
using test::zstd_frame;
using ::testing::HasSubstr;

constexpr std::uint64_t kWindow = 64u << 20;

/// Everything a file gave.
struct Whole {
  std::string bytes;
  std::vector<std::string> damages;            ///< messages
  std::vector<std::uint64_t> damage_positions; ///< decompressed
  std::string unreadable;
  bool operator==(const Whole&) const = default;
};

Whole read_whole(const std::string& path, std::size_t room = 1 << 16, std::uint64_t max_window = kWindow) {
  CompressedReader reader(max_window);
  const std::uint64_t size = std::filesystem::file_size(path);
  reader.open(path, {0, size, size});
  Whole whole;
  std::vector<char> block(room);
  for (;;) {
    const StreamStep step = reader.next(block.data(), block.size());
    if (step.kind == StreamStep::Kind::end) break;
    if (step.kind == StreamStep::Kind::unreadable) {
      whole.unreadable = step.message;
      break;
    }
    if (step.kind == StreamStep::Kind::damage) {
      whole.damages.push_back(step.message);
      whole.damage_positions.push_back(reader.position());
    }
    EXPECT_EQ(step.side, Side::inside);
    whole.bytes.append(block.data(), step.bytes);
    EXPECT_EQ(reader.position(), whole.bytes.size());
  }
  EXPECT_EQ(reader.next(block.data(), block.size()).kind, StreamStep::Kind::end) << "the end stays the end";
  return whole;
}

class Compressed : public ::testing::Test {
 protected:
  Whole read(const std::string& file, std::size_t room = 1 << 16) {
    write(file);
    return read_whole(path_, room);
  }
  void write(const std::string& file) { test::write_quickly(path_, file); }

  /// Text with some variety: literals, near and far matches.
  static std::string text(std::size_t bytes, std::uint64_t seed = 1) {
    std::string text;
    for (std::uint64_t x = seed; text.size() < bytes;) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      text += "{\"id\": " + std::to_string(x >> 50) + ", \"text\": \"" + std::string(x >> 60, static_cast<char>('a' + (x >> 40) % 26)) +
              "\"}\n";
    }
    text.resize(bytes);
    return text;
  }

  test::TempFolder folder_;
  std::string path_ = folder_ / "file";
};

TEST_F(Compressed, IsToldByMagicBytesAlone) {
  EXPECT_EQ(detect_compression(gzip_member("x")), Compression::gzip);
  EXPECT_EQ(detect_compression(zstd_frame("x")), Compression::zstd);
  EXPECT_EQ(detect_compression(skippable_frame("x", 15)), Compression::zstd);
  EXPECT_EQ(detect_compression("{\"text\""), Compression::none);
  EXPECT_EQ(detect_compression("\x1f\x8b\x07!"), Compression::none) << "gzip knows no other method than 8";
  EXPECT_EQ(detect_compression("\x1f\x8b"), Compression::none);
  EXPECT_EQ(detect_compression(""), Compression::none);
}

TEST_F(Compressed, GivesBackWhatWasCompressedForAnyRoom) {
  const std::string original = text(700'000);
  const std::vector<std::string> files = {
      original,
      gzip_member(original),
      gzip_member(original, {.level = 1, .flush_every = 1000}),
      gzip_member(original, {.level = 0}),
      gzip_member(original.substr(0, 300'000), {.name = "a name", .comment = "and more", .header_crc = true, .extra = "ex\3\0abc"}) +
          gzip_member("") + gzip_member(original.substr(300'000)),
      zstd_frame(original),
      zstd_frame(original, {.level = 19, .checksum = false, .content_size = false}),
      zstd_frame(original, {.level = -50, .flush_every = 777}),
      skippable_frame("hello") + zstd_frame(original.substr(0, 5)) + skippable_frame("") + zstd_frame("") +
          zstd_frame(original.substr(5), {.checksum = false}) + skippable_frame("end"),
  };
  for (const std::string& file : files) {
    for (const std::size_t room : {std::size_t{977}, std::size_t{1} << 17, std::size_t{1} << 22}) {
      const Whole whole = read(file, room);
      EXPECT_EQ(whole.damages, std::vector<std::string>{});
      EXPECT_TRUE(whole.bytes == original) << whole.bytes.size() << " bytes of a file of " << file.size() << ", room " << room;
    }
  }
}

TEST_F(Compressed, BlocksWithoutContentAndRepeatedBytesAreRead) {
  const std::string zeros(1'000'000, '\0');
  EXPECT_EQ(read(zstd_frame(zeros), 4096).bytes, zeros);
  EXPECT_EQ(read(gzip_member(zeros), 4096).bytes, zeros);
  EXPECT_EQ(read("").bytes, "");
  EXPECT_EQ(read("\x1f").bytes, "\x1f");
  EXPECT_EQ(read(gzip_member("")).bytes, "");
  EXPECT_EQ(read(zstd_frame("")).bytes, "");
}

TEST_F(Compressed, ZeroPaddingBehindMembersIsPassedOver) {
  const std::string tape = gzip_member("one ") + std::string(600'000, '\0') + gzip_member("two") + std::string(10'000, '\0');
  EXPECT_EQ(read(tape), (Whole{"one two", {}, {}, ""}));
}

TEST_F(Compressed, OtherBytesBehindMembersAreDamage) {
  const std::string member = gzip_member("one ");
  const Whole whole = read(member + "garbage" + gzip_member("two"));
  EXPECT_EQ(whole.bytes, "one two");
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_EQ(whole.damages[0], "byte " + std::to_string(member.size()) + ": no gzip header; reading goes on at byte " +
                                  std::to_string(member.size() + 7));
  EXPECT_EQ(whole.damage_positions[0], 4u);
  EXPECT_THAT(read(member + "g").damages[0], HasSubstr("the file ends inside the header"));
  EXPECT_THAT(read(member + "garbage").damages[0], HasSubstr("nothing behind it can be read"));
  EXPECT_THAT(read(zstd_frame("one") + "garbage").damages[0], HasSubstr("no zstd frame; nothing behind it can be read"));
}

TEST_F(Compressed, ATruncatedMemberKeepsWhatZlibDecodesOfIt) {
  const std::string original = text(20'000);
  const std::string member = gzip_member(original);
  std::size_t checked = 0;
  for (std::size_t size = 18; size < member.size() - 8; size += 13, ++checked) {
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    std::string exact(original.size(), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = reinterpret_cast<Bytef*>(exact.data());
    stream.avail_out = static_cast<uInt>(exact.size());
    inflate(&stream, Z_SYNC_FLUSH);
    exact.resize(stream.total_out);
    inflateEnd(&stream);
    const Whole whole = read(member.substr(0, size));
    ASSERT_EQ(whole.bytes, exact) << size;
    ASSERT_EQ(whole.damages.size(), 1u);
    ASSERT_THAT(whole.damages[0], HasSubstr("the file ends inside it"));
  }
  EXPECT_GT(checked, 100u);
  EXPECT_THAT(read(member.substr(0, member.size() - 3)).damages[0], HasSubstr("the file ends inside its checksum"));
  EXPECT_EQ(read(member.substr(0, member.size() - 3)).bytes, original);
}

TEST_F(Compressed, ATruncatedFrameKeepsItsWholeBlocks) {
  const std::string original = text(20'000);
  const std::string frame = zstd_frame(original, {.flush_every = 1000});
  const Whole whole = read(frame.substr(0, frame.size() / 2));
  EXPECT_EQ(whole.bytes.size() % 1000, 0u);
  EXPECT_GT(whole.bytes.size(), 5000u);
  EXPECT_TRUE(original.starts_with(whole.bytes));
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_THAT(whole.damages[0], HasSubstr("the file ends inside it"));
  EXPECT_THAT(read(frame.substr(0, frame.size() - 1)).damages[0], HasSubstr("the file ends inside its checksum"));
}

TEST_F(Compressed, ReadingGoesOnAtTheNextMemberEvenInsideATornOne) {
  const std::string a = text(50'000, 1), b = text(50'000, 2), c = text(60'000, 3);
  const std::string torn = gzip_member(a).substr(0, 3000);
  const Whole whole = read(torn + gzip_member(b) + gzip_member(c));
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_THAT(whole.damages[0], HasSubstr("reading goes on at byte 3000"));
  EXPECT_TRUE(whole.bytes.ends_with(b + c));
  EXPECT_TRUE(whole.bytes.starts_with(a.substr(0, 5000)));
  const Whole frames = read(zstd_frame(a).substr(0, 3000) + zstd_frame(b) + zstd_frame(c));
  ASSERT_EQ(frames.damages.size(), 1u);
  EXPECT_THAT(frames.damages[0], HasSubstr("reading goes on at byte 3000"));
  EXPECT_EQ(frames.bytes, b + c) << "the torn frame has no whole block";
}

TEST_F(Compressed, WhatOnlyLooksLikeAMemberOrFrameIsPassedOver) {
  const std::string a = text(30'000, 1), b = text(30'000, 2);
  const std::string gzip_lures =
      std::string("\x1f\x8b\x08\x80 \x1f\x8b\x08\0\0\0\0\0\0\3\xff\xff \x1f\x8b\x08", 21) + gzip_member("short").substr(0, 20);
  Whole whole = read(gzip_member(a) + "?" + gzip_lures + gzip_member(b, {.name = std::string(5000, 'n')}));
  EXPECT_EQ(whole.damages.size(), 1u);
  EXPECT_TRUE(whole.bytes == a + b);
  const std::string zstd_lures =
      "\x28\xb5\x2f\xfd\xff\xff" + skippable_frame("no frame behind it") + "!\x28\xb5\x2f\xfd\x20\x05\x07\xff\xff\x28\xb5\x2f\xfd";
  whole = read(zstd_frame(a) + "?" + zstd_lures + skippable_frame("index") + zstd_frame(b));
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_TRUE(whole.bytes == a + b);
  EXPECT_THAT(whole.damages[0], HasSubstr("reading goes on at byte " + std::to_string(zstd_frame(a).size() + 1 + zstd_lures.size())));
  EXPECT_EQ(read(zstd_frame(a) + "?" + skippable_frame("at the end")).damages.size(), 1u);
  EXPECT_EQ(read("\x1f\x8b\x08").damages.size(), 1u);
}

TEST_F(Compressed, AWrongChecksumIsDamageOfItsMember) {
  std::string member = gzip_member(text(5000));
  member[member.size() - 5] ^= 1;
  Whole whole = read(member + gzip_member("next"));
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_THAT(whole.damages[0], HasSubstr("its checksum is wrong"));
  EXPECT_EQ(whole.damage_positions[0], 5000u);
  EXPECT_EQ(whole.bytes, text(5000) + "next");

  std::string length = gzip_member("text");
  length[length.size() - 4] ^= 1;
  EXPECT_THAT(read(length).damages[0], HasSubstr("its length is not the one it states"));

  std::string frame = zstd_frame(text(5000));
  frame.back() ^= 1;
  whole = read(frame + zstd_frame("next"));
  ASSERT_EQ(whole.damages.size(), 1u);
  EXPECT_THAT(whole.damages[0], HasSubstr("its checksum is wrong"));
  EXPECT_EQ(whole.bytes, text(5000) + "next");
}

TEST_F(Compressed, DamagedHeadersAreDamage) {
  std::string reserved = gzip_member("text");
  reserved[3] = static_cast<char>(0x80);
  EXPECT_THAT(read(reserved).damages[0], HasSubstr("reserved bits are set"));
  std::string crc = gzip_member("text", {.header_crc = true});
  crc[10] ^= 1;
  EXPECT_THAT(read(crc).damages[0], HasSubstr("wrong checksum of the header"));
  const std::string endless = gzip_member("text", {.name = std::string(1'000'000, 'x')});
  EXPECT_THAT(read(endless).damages[0], HasSubstr("a header without an end"));
  EXPECT_EQ(read(gzip_member("text", {.name = std::string(200'000, 'x')})).bytes, "text");
  std::string frame = zstd_frame("text");
  frame[4] |= 8;
  EXPECT_THAT(read(frame).damages[0], HasSubstr("a reserved bit is set"));
  EXPECT_THAT(read(zstd_frame("text").substr(0, 5)).damages[0], HasSubstr("ends inside the header"));
  EXPECT_THAT(read(skippable_frame("text").substr(0, 10)).damages[0], HasSubstr("ends inside the skippable"));
  std::string block = zstd_frame(text(5000));
  block[block.size() / 2] ^= 0x55;
  EXPECT_EQ(read(block).damages.size(), 1u);
}

TEST_F(Compressed, DamageAndWhatIsKeptDoNotDependOnTheRoom) {
  const std::string original = text(3000);
  const std::vector<std::string> files = {
      gzip_member(original.substr(0, 1500), {.flush_every = 300}) + gzip_member(original.substr(1500)),
      zstd_frame(original.substr(0, 1500), {.flush_every = 300}) + zstd_frame(original.substr(1500)),
  };
  std::size_t damaged = 0;
  for (const std::string& file : files) {
    for (std::size_t at = 4; at < file.size(); ++at) {
      std::string flipped = file;
      flipped[at] ^= static_cast<char>(1 << at % 8);
      const Whole large = read(flipped, 1 << 17);
      ASSERT_EQ(read(flipped, 7), large) << at;
      damaged += large.damages.size();
    }
  }
  EXPECT_GT(damaged, 500u);
}

TEST_F(Compressed, SidesOfARangeMeetAtOneByteWhateverTheRoom) {
  const std::string original = text(6000);
  const std::vector<std::string> files = {
      original,
      gzip_member(original),
      gzip_member(original.substr(0, 2000)) + gzip_member(original.substr(2000)),
      zstd_frame(original, {.flush_every = 500}),
      zstd_frame(original.substr(0, 2000)) + skippable_frame("xx") + zstd_frame(original.substr(2000), {.flush_every = 100}),
  };
  const auto bytes_on = [&](const DiskRange& range, std::size_t room) {
    CompressedReader reader(kWindow);
    reader.open(path_, range);
    std::array<std::uint64_t, 3> sides{};
    sides[0] = reader.position();
    std::vector<char> block(room);
    Side last = Side::before;
    for (StreamStep step = reader.next(block.data(), room); step.kind == StreamStep::Kind::data; step = reader.next(block.data(), room)) {
      EXPECT_GE(step.side, last) << "a side never comes again";
      last = step.side;
      sides[static_cast<std::size_t>(step.side)] += step.bytes;
    }
    EXPECT_EQ(sides[0] + sides[1] + sides[2], original.size());
    return sides;
  };
  std::size_t inside = 0;
  for (const std::string& file : files) {
    write(file);
    for (std::size_t cut = 1; cut < file.size(); cut += 7) {
      const auto first = bytes_on({0, cut, file.size()}, 1 << 16);
      const auto second = bytes_on({cut, file.size(), file.size()}, 11);
      ASSERT_EQ(first[0], 0u);
      ASSERT_EQ(first[1], second[0]) << "cut at " << cut << " of " << file.size();
      ASSERT_EQ(second[2], 0u);
      inside += first[1] > 0 && second[1] > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(inside, 500u);
}

TEST_F(Compressed, RangesOfAOneMemberFileShareItsBytesAbout) {
  const std::string original = text(4'000'000);
  for (const std::string& file : {gzip_member(original), zstd_frame(original)}) {
    write(file);
    CompressedReader reader(kWindow);
    reader.open(path_, {file.size() / 4, file.size() / 2, file.size()});
    std::array<std::uint64_t, 3> sides{};
    std::vector<char> block(1 << 16);
    for (StreamStep step = reader.next(block.data(), block.size()); step.kind == StreamStep::Kind::data;
         step = reader.next(block.data(), block.size())) {
      sides[static_cast<std::size_t>(step.side)] += step.bytes;
    }
    EXPECT_NEAR(static_cast<double>(sides[0]), 1e6, 2e5);
    EXPECT_NEAR(static_cast<double>(sides[1]), 1e6, 2e5);
  }
}

TEST_F(Compressed, AWindowBeyondTheMemoryEndsTheRun) {
  write(zstd_frame(text(3'000'000), {.content_size = false, .window_log = 21}));
  EXPECT_EQ(read_whole(path_, 1 << 16, 2u << 20).bytes.size(), 3'000'000u);
  try {
    read_whole(path_, 1 << 16, (2u << 20) - 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::plan);
    EXPECT_THAT(error.what(), HasSubstr("needs a window of 2097152 bytes"));
    EXPECT_THAT(error.what(), HasSubstr("memory_per_rank"));
  }
}

TEST_F(Compressed, ADamagedHeaderThatSpeaksOfALargeWindowIsDamageAtAnyMemory) {
  const std::string original = text(300'000), next = zstd_frame("next");
  std::size_t large = 0;
  for (const bool content_size : {true, false}) {
    const std::string frame = zstd_frame(original, {.content_size = content_size});
    for (std::size_t bit = 32; bit < 10 * 8; ++bit) {
      std::string flipped = frame;
      flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
      write(flipped + next);
      const Whole whole = read_whole(path_, 1 << 16, 8u << 20);
      ASSERT_EQ(whole, read_whole(path_, 1 << 16, 1u << 30)) << "bit " << bit;
      EXPECT_TRUE(whole.bytes.ends_with("next")) << "bit " << bit;
      large += whole.damages.size() == 1 ? 1 : 0;
    }
  }
  EXPECT_GT(large, 40u);
}

/// The message of the Error{input} that `call` throws; empty when it throws none.
template <class Call>
std::string input_error(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
    return error.what();
  }
  return {};
}

TEST_F(Compressed, AFileThatIsNotThePlannedOneEndsTheRun) {
  write("12345");
  CompressedReader reader(kWindow);
  char block[16];
  EXPECT_THAT(input_error([&] { reader.open(path_, {0, 4, 4}); }), HasSubstr("it has 5 bytes, it had 4"));
  reader.open(path_ + "?", {0, 4, 4});
  EXPECT_EQ(reader.next(block, sizeof block).kind, StreamStep::Kind::unreadable);
  EXPECT_EQ(reader.next(block, sizeof block).kind, StreamStep::Kind::end);
  reader.check_unchanged();
  reader.open(path_, {0, 5, 5});
  EXPECT_EQ(reader.next(block, 2).bytes, 2u) << "a reader can be opened again";
  ASSERT_EQ(::truncate(path_.c_str(), 3), 0);
  EXPECT_THAT(input_error([&] { reader.next(block, sizeof block); }), HasSubstr("it has 3 bytes, it had 5"));
}

TEST_F(Compressed, AFileThatGrowsEndsTheRunAtItsEnd) {
  const std::string frame = zstd_frame("text");
  write(frame);
  CompressedReader reader(kWindow);
  char block[16];
  reader.open(path_, {0, frame.size(), frame.size()});
  EXPECT_EQ(reader.next(block, sizeof block).bytes, 4u);
  std::filesystem::resize_file(path_, 1000);
  EXPECT_THAT(input_error([&] { reader.next(block, sizeof block); }), HasSubstr("it has 1000 bytes"));
}

TEST_F(Compressed, AFileThatKeepsItsSizeAndGetsAnotherTimeEndsTheRun) {
  write("12345");
  const std::int64_t modified_ns = File(path_, File::Mode::read).modified_ns();
  CompressedReader reader(kWindow);
  char block[16];
  reader.open(path_, {0, 5, 5, modified_ns});
  EXPECT_EQ(reader.next(block, 3).bytes, 3u);
  reader.check_unchanged();
  const timespec times[2] = {{0, UTIME_OMIT}, {1'000'000'000, 5}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  EXPECT_THAT(input_error([&] { reader.check_unchanged(); }), HasSubstr("by the time of its last change"));
  EXPECT_EQ(reader.next(block, 2).bytes, 2u);
  EXPECT_THAT(input_error([&] { reader.next(block, 2); }), HasSubstr("was changed after the run was planned"));
  EXPECT_THAT(input_error([&] { reader.open(path_, {0, 5, 5, modified_ns}); }), HasSubstr("was changed"));
  EXPECT_EQ(input_error([&] { reader.open(path_, {0, 5, 5, 1'000'000'000'000'000'005}); }), "");
}

TEST_F(Compressed, AWrongChecksumNamesTheLineInWhichItsMemberBegins) {
  const auto untrusted = [&](const std::string& file) {
    write(file);
    CompressedReader reader(kWindow);
    reader.open(path_, {0, file.size(), file.size()});
    std::vector<std::uint64_t> found;
    char block[64];
    for (StreamStep step = reader.next(block, 64); step.kind != StreamStep::Kind::end; step = reader.next(block, 64)) {
      if (step.wrong_checksum) found.insert(found.end(), {step.untrusted_from, reader.position()});
    }
    return found;
  };
  const auto wrong_crc = [](std::string member) { return member[member.size() - 5] ^= 1, member; };
  const auto wrong_size = [](std::string member) { return member[member.size() - 1] ^= 1, member; };
  const auto wrong_hash = [](std::string frame) { return frame.back() ^= 1, frame; };
  using Range = std::vector<std::uint64_t>;
  EXPECT_EQ(untrusted(gzip_member("one\nt") + wrong_crc(gzip_member("wo\nthr")) + gzip_member("ee\n")), (Range{4, 11}));
  EXPECT_EQ(untrusted(gzip_member("one\n") + wrong_size(gzip_member("two\n")) + wrong_crc(gzip_member("x"))), (Range{4, 8, 8, 9}));
  EXPECT_EQ(untrusted(zstd_frame("one\nt") + wrong_hash(zstd_frame("wo\nthr")) + zstd_frame("ee\n")), (Range{4, 11}));
  EXPECT_EQ(untrusted(gzip_member("one\n").substr(0, 15) + gzip_member("two\n")), Range{}) << "a torn member says so itself";
}

TEST_F(Compressed, BrokenFilesOfOthersAreReadToTheirEnd) {
  std::size_t files = 0;
  for (const char* const name : {"badinput/gzip-errors", "badinput/gzip-members", "badinput/zstd-errors", "badinput/zstd-valid",
                                 "warc/aut", "warc/warcio", "warc/webarchive-commons", "warc/commoncrawl-whirlwind"}) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(QUERN_SHARED_DATA "/") + name, error)) {
      const Whole whole = read_whole(entry.path(), 1 << 18);
      EXPECT_EQ(whole, read_whole(entry.path(), 1 << 10)) << entry.path();
      EXPECT_EQ(whole.unreadable, "");
      const std::string file = entry.path().filename();
      if (file == "hufts-segv.gz") {
        EXPECT_EQ(whole.damages.size(), 1u);
      }
      if (file == "hi-2.gz") {
        EXPECT_EQ(whole.bytes, "hi\nhi\n");
      }
      if (file == "block-128k.zst") {
        EXPECT_EQ(whole.damages.size(), 0u);
      }
      ++files;
    }
  }
  if (files == 0) std::printf("no files in %s/badinput: this is left out\n", QUERN_SHARED_DATA);
}

std::uint64_t number_at(const std::string& bytes, std::size_t at, int size) {
  std::uint64_t number = 0;
  for (int i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return number;
}

/// The members of a zip archive, by its central directory (APPNOTE 4.3.12); methods 0 (stored) and 8 (deflate).
std::map<std::string, std::string> members_of_zip(const std::string& zip) {
  std::map<std::string, std::string> members;
  std::size_t at = number_at(zip, zip.rfind("PK\5\6") + 16, 4);
  while (zip.compare(at, 4, "PK\1\2") == 0) {
    const std::size_t header = number_at(zip, at + 42, 4);
    const std::size_t data = header + 30 + number_at(zip, header + 26, 2) + number_at(zip, header + 28, 2);
    std::string packed = zip.substr(data, number_at(zip, at + 20, 4));
    std::string content(number_at(zip, at + 24, 4), '\0');
    if (number_at(zip, at + 10, 2) == 8) {
      z_stream stream{};
      stream.next_in = reinterpret_cast<Bytef*>(packed.data());
      stream.avail_in = static_cast<uInt>(packed.size());
      stream.next_out = reinterpret_cast<Bytef*>(content.data());
      stream.avail_out = static_cast<uInt>(content.size());
      EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
      EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
      inflateEnd(&stream);
    } else {
      content = packed;
    }
    const std::size_t name_bytes = number_at(zip, at + 28, 2);
    members[zip.substr(at + 46, name_bytes)] = content;
    at += 46 + name_bytes + number_at(zip, at + 30, 2) + number_at(zip, at + 32, 2);
  }
  return members;
}

TEST_F(Compressed, FramesThatBrokeOtherDecodersAreReadToTheirEnd) {
  for (const char* const name : {"bad.zip", "good.zip"}) {
    const std::string path = std::string(QUERN_SHARED_DATA "/badinput/zstd-klauspost/") + name;
    if (!path_exists(path)) {
      std::printf("no %s: this is left out\n", path.c_str());
      continue;
    }
    std::size_t frames = 0, damaged = 0;
    for (const auto& [member, content] : members_of_zip(read_file(path))) {
      if (!member.ends_with(".zst")) continue;
      write(content);
      const Whole whole = read_whole(path_, 1 << 17, 1ull << 31);
      EXPECT_EQ(whole, read_whole(path_, 100, 1ull << 31)) << member;
      ++frames;
      damaged += whole.damages.empty() ? 0 : 1;
    }
    const bool bad = std::string_view(name) == "bad.zip";
    EXPECT_GE(frames, bad ? 32u : 12u);
    // Of the good ones, an empty frame with a compressed block of no content is refused by the library's streaming decoder.
    EXPECT_GE(damaged, bad ? 25u : 0u);
    EXPECT_LE(damaged, bad ? 32u : 1u);
  }
}

}  // namespace
}  // namespace quern
