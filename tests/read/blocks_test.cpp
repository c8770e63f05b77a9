#include "read/pieces.hpp"
#include "store/compress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace quern {
namespace {

using test::gzip_member;
using test::Reading;
using test::Row;
using test::zstd_frame;
using ::testing::ElementsAre;

class Blocks : public test::Reader {
 protected:
  Blocks() { job_.input[0].format = InputFormat::text_blocks; }
  Row block(std::uint64_t offset, const std::string& text) const { return {offset, Reason::none, text, "name:" + std::to_string(offset), ""}; }
};

TEST_F(Blocks, AreWhatStandsBetweenBlankLines) {
  EXPECT_THAT(read_bytes("a\nb\n\nc\n").rows, ElementsAre(block(0, "a\nb"), block(5, "c")));
  EXPECT_THAT(read_bytes("\n \t\r\n  a\r\nb\r\n \n\n\t\nc").rows, ElementsAre(block(5, "  a\r\nb"), block(18, "c")));
  EXPECT_THAT(read_bytes("").rows, ElementsAre());
  EXPECT_THAT(read_bytes("\n \n\t").rows, ElementsAre());
  EXPECT_THAT(read_bytes("a").rows, ElementsAre(block(0, "a")));
  EXPECT_THAT(read_bytes("\xEF\xBB\xBF" "a\n\nb\n").rows, ElementsAre(block(0, "a"), block(6, "b")));
  EXPECT_THAT(read_bytes("\xEF\xBB\xBF\n\nb\n").rows, ElementsAre(block(5, "b")));
}

TEST_F(Blocks, FollowTheUtf8Policy) {
  EXPECT_THAT(read_bytes("a\n\nb\xff\n").rows, ElementsAre(block(0, "a"), Row{3, Reason::utf8, "", "name:3", "byte 1: invalid UTF-8"}));
  job_.clean.invalid_utf8 = InvalidUtf8::repair;
  EXPECT_THAT(read_bytes("b\xff\n").rows, ElementsAre(block(0, "b\uFFFD")));
}

/// Lines of a few characters, a third of them blank.
std::string random_blocks(std::uint32_t seed, std::size_t lines) {
  std::mt19937 random(seed);
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const bool blank = random() % 3 == 0;
    for (auto n = random() % 5; n > 0; --n) text += blank ? " \t\r"[random() % 3] : "ab \t"[random() % 4];
    text += blank || random() % 4 ? "\n" : "\r\n";
  }
  if (random() % 2) text += "end";
  return text;
}

TEST_F(Blocks, OfAPlainFileAreTheSameForEveryCut) {
  std::size_t both = 0;
  for (std::uint32_t seed = 0; seed < 12; ++seed) both += check_every_cut(random_blocks(seed, 25));
  EXPECT_GT(both, 100u);
}

TEST_F(Blocks, OfACompressedFileAreTheSameForEveryCut) {
  std::size_t both = 0;
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    std::string gzip, zstd;
    for (std::uint32_t member = 0; member < 5; ++member) {
      const std::string part = random_blocks(seed * 10 + member, 12);
      gzip += gzip_member(part);
      zstd += zstd_frame(part);
    }
    both += check_every_cut(gzip) + check_every_cut(zstd) + check_every_cut(zstd_frame(random_blocks(seed, 200)));
  }
  EXPECT_GT(both, 20u);
}

TEST_F(Blocks, LongerThanAStrideAreTheSameForEveryCut) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += std::string(static_cast<std::size_t>(i) * 60'000, 'x') + "\ny\n\n" + std::string(static_cast<std::size_t>(i % 3) * 300'000, ' ') + "\n";
  std::string frames;
  for (std::size_t at = 0; at < text.size(); at += 200'000) frames += zstd_frame(text.substr(at, 200'000));
  EXPECT_EQ(read_bytes(text).rows.size(), 12u);
  const Reading whole = read_bytes(text);
  for (std::uint64_t cut = 1; cut < text.size(); cut += 250'001) check_cut(whole, {cut, std::min<std::uint64_t>(cut + 100'000, text.size() - 1)});
  check_every_cut(frames, std::max<std::size_t>(1, frames.size() / 40));
}

TEST_F(Blocks, ThatAreTooLongAreBadRecordsWhateverTheCut) {
  job_.max_document_bytes = 10;
  EXPECT_THAT(read_bytes("0123456789\n\nb").rows, ElementsAre(block(0, "0123456789"), block(12, "b")));
  EXPECT_THAT(read_bytes("01234\n6789x\n\nb").rows,
              ElementsAre(Row{0, Reason::size, "", "name:0", "a block of 12 bytes; max_document_bytes is 10"}, block(13, "b")));
  const std::string far = "a\n" + std::string(2'000'000, ' ') + "\n\n" + std::string(1'000'000, ' ') + "b\n\nc\n\n0123456789" + std::string(1'000'000, 'x') + "\n\n0123456789\n" +
                          std::string(700'000, ' ') + "\n\n01234567890\n" + std::string(700'000, ' ') + "z\n";
  const Reading whole = read_bytes(far);
  ASSERT_EQ(whole.rows.size(), 6u);
  EXPECT_EQ(whole.rows[0], block(0, "a"));
  EXPECT_EQ(whole.rows[1].bad, Reason::size);
  EXPECT_EQ(whole.rows[2].text, "c");
  EXPECT_EQ(whole.rows[3].bad, Reason::size);
  EXPECT_EQ(whole.rows[4].text, "0123456789");
  EXPECT_EQ(whole.rows[5].bad, Reason::size);
  std::size_t cuts = 0;
  for (std::uint64_t cut = 1; cut < far.size(); cut += 199'999) check_cut(whole, {cut}), ++cuts;
  EXPECT_GT(cuts, 20u);
}

TEST_F(Blocks, TornByADamageArePartOfIt) {
  const std::string bad = gzip_member("damaged\n\nx\n");
  std::string torn = bad;
  torn[14] = static_cast<char>(torn[14] ^ 0x55);
  const std::string file = gzip_member("a\n\nb\nc") + torn.substr(0, 12) + gzip_member("rest of c\n\nd\n\ne\n");
  const Reading whole = read_bytes(file);
  ASSERT_EQ(whole.rows.size(), 4u);
  EXPECT_EQ(whole.rows[0].text, "a");
  EXPECT_EQ(whole.rows[1].bad, Reason::damage);
  EXPECT_EQ(whole.rows[1].offset, 3u);
  EXPECT_EQ(whole.rows[2].text, "d");
  EXPECT_EQ(whole.rows[3].text, "e");
  check_every_cut(file);
}

TEST_F(Blocks, ThatReachIntoAMemberOfWrongChecksumAreNotTrusted) {
  std::string wrong = gzip_member("tail\nof it\n\nin\n\nnext");
  wrong[wrong.size() - 8] = static_cast<char>(wrong[wrong.size() - 8] ^ 1);
  const std::string file = gzip_member("a\n\nlong\nblock ") + wrong + gzip_member("goes on\n\nlast\n");
  const Reading whole = read_bytes(file);
  const auto damage = std::ranges::find(whole.rows, Reason::damage, &Row::bad);
  ASSERT_NE(damage, whole.rows.end());
  EXPECT_EQ(damage->untrusted_from, 3u) << "where the block begins that reaches into the member";
  EXPECT_GT(damage->untrusted_to, 20u);
  EXPECT_EQ(whole.rows.back().text, "last");
  check_every_cut(file);
}

TEST_F(Blocks, OfRandomlyDamagedFilesAreTheSameForEveryCut) {
  std::mt19937 random(7);
  std::size_t damages = 0;
  for (int round = 0; round < 60; ++round) {
    std::string file;
    for (std::uint32_t member = 0; member < 4; ++member) {
      const std::string part = random_blocks(static_cast<std::uint32_t>(round) * 8 + member, 10);
      file += round % 2 ? gzip_member(part) : zstd_frame(part);
    }
    for (int i = 0; i < 2; ++i) file[4 + random() % (file.size() - 4)] ^= static_cast<char>(1 + random() % 255);
    const Reading whole = read_bytes(file);
    damages += static_cast<std::size_t>(std::ranges::count(whole.rows, Reason::damage, &Row::bad));
    check_every_cut(file, 7);
    if (HasFailure()) return;
  }
  EXPECT_GT(damages, 40u);
}

}  // namespace
}  // namespace quern
