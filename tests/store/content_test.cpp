#include "quern/store/content.hpp"
#include "store/compress.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>

namespace quern {
namespace {

constexpr std::size_t kEnough = 1u << 20;

struct Result {
  Unfolded how = Unfolded::whole;
  std::string out, why;
};

Result unfold(ContentForm form, std::string_view content, std::size_t most = kEnough) {
  Result result;
  result.out = "left over";
  result.how = unfold_content(form, content, most, result.out, result.why);
  EXPECT_EQ(result.how == Unfolded::whole, result.why.empty());
  return result;
}

std::string zlib_stream(const std::string& text) {
  uLongf bytes = compressBound(text.size());
  std::string stream(bytes, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(stream.data()), &bytes, reinterpret_cast<const Bytef*>(text.data()), text.size()), Z_OK);
  stream.resize(bytes);
  return stream;
}

const std::string kText = "The mill grinds. " + std::string(50000, 'g') + " And again.";

TEST(Content, UnfoldsEveryForm) {
  const std::string stream = zlib_stream(kText);
  EXPECT_EQ(unfold(ContentForm::gzip, test::gzip_member(kText)).out, kText);
  EXPECT_EQ(unfold(ContentForm::gzip, test::gzip_member("a") + test::gzip_member(kText) + "behind").out, "a" + kText);
  EXPECT_EQ(unfold(ContentForm::deflate, stream).out, kText);
  EXPECT_EQ(unfold(ContentForm::deflate, std::string_view(stream).substr(2, stream.size() - 6)).out, kText);  // without header and checksum
  EXPECT_EQ(unfold(ContentForm::zstd, test::zstd_frame(kText) + test::zstd_frame("b")).out, kText + "b");
  for (const ContentForm form : {ContentForm::gzip, ContentForm::deflate, ContentForm::zstd}) EXPECT_EQ(unfold(form, "").out, "");
  EXPECT_EQ(unfold(ContentForm::gzip, test::gzip_member("")).out, "");
}

TEST(Content, StopsAtTheBound) {
  const std::string contents[] = {test::gzip_member(kText), zlib_stream(kText), test::zstd_frame(kText)};
  const ContentForm forms[] = {ContentForm::gzip, ContentForm::deflate, ContentForm::zstd};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(unfold(forms[i], contents[i], kText.size()).out, kText);
    const Result less = unfold(forms[i], contents[i], kText.size() - 1);
    EXPECT_EQ(less.how, Unfolded::too_large) << i;
    EXPECT_EQ(less.out, kText.substr(0, kText.size() - 1)) << i;
    EXPECT_EQ(unfold(forms[i], contents[i], 0).how, Unfolded::too_large) << i;
  }
  const Result bomb = unfold(ContentForm::gzip, test::gzip_member(std::string(100u << 20, '\0')), 1000);
  EXPECT_EQ(bomb.how, Unfolded::too_large);
  EXPECT_LE(bomb.out.capacity(), 64u << 10);
}

TEST(Content, GivesWhatStandsBeforeTheEndOfCutContent) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919);
  const std::string contents[] = {test::gzip_member(text), zlib_stream(text)};
  const ContentForm forms[] = {ContentForm::gzip, ContentForm::deflate};
  for (int i = 0; i < 2; ++i) {
    const Result cut = unfold(forms[i], contents[i].substr(0, contents[i].size() / 2));
    EXPECT_EQ(cut.how, Unfolded::cut) << i;
    EXPECT_GT(cut.out.size(), text.size() / 4) << i;
    EXPECT_EQ(cut.out, text.substr(0, cut.out.size())) << i;
  }
  EXPECT_EQ(unfold(ContentForm::zstd, test::zstd_frame(text).substr(0, 100)).how, Unfolded::cut);
}

TEST(Content, TellsDamage) {
  std::string gzip = test::gzip_member(kText);
  gzip[gzip.size() - 6] = static_cast<char>(gzip[gzip.size() - 6] ^ 1);  // its checksum
  EXPECT_EQ(unfold(ContentForm::gzip, gzip).how, Unfolded::damaged);
  EXPECT_EQ(unfold(ContentForm::gzip, "no gzip at all").how, Unfolded::damaged);
  EXPECT_EQ(unfold(ContentForm::deflate, "\x07\xFF no deflate").how, Unfolded::damaged);
  EXPECT_EQ(unfold(ContentForm::zstd, "no zstd at all").how, Unfolded::damaged);
}

TEST(Content, RefusesAZstdWindowThatNoBrowserTakes) {
  EXPECT_EQ(unfold(ContentForm::zstd, test::zstd_frame(kText, {.content_size = false, .flush_every = 1000, .window_log = 27})).how, Unfolded::damaged);
}

TEST(Content, SaysWhetherItLooksLikeItsForm) {
  EXPECT_TRUE(looks_like(ContentForm::gzip, test::gzip_member("a")));
  EXPECT_FALSE(looks_like(ContentForm::gzip, "<html>"));
  EXPECT_TRUE(looks_like(ContentForm::zstd, test::zstd_frame("a")));
  EXPECT_FALSE(looks_like(ContentForm::zstd, "<html>"));
  EXPECT_TRUE(looks_like(ContentForm::deflate, "anything"));
}

}  // namespace
}  // namespace quern
