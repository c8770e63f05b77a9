#include "quern/base/error.hpp"
#include "quern/store/cipher.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

namespace quern {
namespace {

SecretKey key_of(char byte) { return SecretKey(std::string(kKeyBytes, byte)); }

TEST(Cipher, OpensWhatItSealed) {
  SegmentCipher cipher(key_of('a'), random_salt(), "map");
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{100'000}}) {
    const std::string text(bytes, 't');
    const std::string sealed = cipher.seal(1, 2, "header", text);
    EXPECT_EQ(sealed.size(), bytes + kTagBytes);
    std::string opened;
    EXPECT_TRUE(cipher.open(1, 2, "header", sealed, opened));
    EXPECT_EQ(opened, text);
  }
}

TEST(Cipher, OpensNothingElse) {
  const Salt salt = random_salt();
  SegmentCipher cipher(key_of('a'), salt, "map");
  const std::string sealed = cipher.seal(1, 2, "header", "the text");
  std::string opened;
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string bad = sealed;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(cipher.open(1, 2, "header", bad, opened)) << i;
    EXPECT_EQ(opened, "");
  }
  EXPECT_FALSE(cipher.open(2, 2, "header", sealed, opened));
  EXPECT_FALSE(cipher.open(1, 3, "header", sealed, opened));
  EXPECT_FALSE(cipher.open(1, 2, "Header", sealed, opened));
  EXPECT_FALSE(cipher.open(1, 2, "header", sealed.substr(0, 15), opened));
  EXPECT_FALSE(SegmentCipher(key_of('b'), salt, "map").open(1, 2, "header", sealed, opened));
  EXPECT_FALSE(SegmentCipher(key_of('a'), random_salt(), "map").open(1, 2, "header", sealed, opened));
  EXPECT_FALSE(SegmentCipher(key_of('a'), salt, "tokens").open(1, 2, "header", sealed, opened));
}

TEST(Cipher, EveryNumberAndEverySegmentHasItsOwnStream) {
  std::set<std::string> streams;  // sealed zeros are the stream itself
  const std::string zeros(64, '\0');
  for (int segment = 0; segment < 3; ++segment) {
    SegmentCipher cipher(key_of('a'), random_salt(), "map");
    for (std::uint32_t block = 1; block < 5; ++block) {
      for (std::uint32_t section = 0; section < 4; ++section) streams.insert(cipher.seal(block, section, "", zeros));
    }
  }
  EXPECT_EQ(streams.size(), 3u * 4u * 4u);
}

TEST(KeyFile, IsMadeForItsOwnerAloneAndReadBack) {
  const test::TempFolder folder;
  const std::string path = folder / "keys/one";
  const SecretKey made = make_key_file(path);
  EXPECT_EQ(read_key_file(path).raw(), made.raw());
  EXPECT_EQ(File(path, File::Mode::read).status().mode, 0600u);
  EXPECT_EQ(read_file(path).size(), 65u);
  EXPECT_NE(make_key_file(folder / "keys/two").raw(), made.raw());
  EXPECT_THROW(make_key_file(path), Error);  // never over another
  EXPECT_EQ(made.fingerprint(), read_key_file(path).fingerprint());
  EXPECT_NE(made.fingerprint(), key_of('a').fingerprint());
}

TEST(KeyFile, OthersMayNotBeAbleToReadIt) {
  const test::TempFolder folder;
  const std::string path = folder / "key";
  make_key_file(path);
  for (const unsigned mode : {0640u, 0604u, 0620u, 0644u}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    try {
      read_key_file(path);
      ADD_FAILURE() << mode;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_NE(std::string(error.what()).find("chmod 600"), std::string::npos);
    }
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  read_key_file(path);
}

TEST(KeyFile, AnythingElseIsNoKeyAndIsNotShown) {
  const test::TempFolder folder;
  int tried = 0;
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(63, 'a') + "g", std::string(64, 'A'),
                                  std::string(1000, 'b'), std::string("secret")}) {
    const std::string path = folder / std::to_string(tried++);
    publish_file(path, text, 0600);
    try {
      read_key_file(path);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_TRUE(text.empty() || std::string(error.what()).find(text) == std::string::npos);
    }
  }
  EXPECT_THROW(read_key_file(folder.path()), Error);
  EXPECT_EQ(tried, 7);
}

}  // namespace
}  // namespace quern
