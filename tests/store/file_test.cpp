#include "quern/base/error.hpp"
#include "quern/store/file.hpp"
#include "temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quern {
namespace {

TEST(File, NamesThePathTheCallAndTheReason) {
  try {
    File("/nonexistent/quern", File::Mode::read);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "/nonexistent/quern: open failed: No such file or directory");
    EXPECT_EQ(error.kind(), ErrorKind::store);
  }
}

TEST(File, PublishesWholeFilesWithTheirPermissions) {
  const test::TempFolder folder;
  publish_file(folder / "a", "one");
  publish_file(folder / "a", "two", 0600);
  EXPECT_EQ(read_file(folder / "a"), "two");
  EXPECT_FALSE(path_exists(folder / "a.partial"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

std::string refusal_to_read(const std::string& path) {
  try {
    File(path, File::Mode::read);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(File, ReadsPlainFilesAloneAndNeverWaitsForAPipe) {
  const test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const int other_end = ::open((folder / "pipe").c_str(), O_RDWR | O_CLOEXEC);  // so that this test ends, whatever File does
  ASSERT_GE(other_end, 0);
  EXPECT_TRUE(refusal_to_read(folder / "pipe").starts_with(folder / "pipe: is a pipe: ")) << refusal_to_read(folder / "pipe");
  EXPECT_TRUE(refusal_to_read(folder.path()).starts_with(folder.path() + ": is a folder: ")) << refusal_to_read(folder.path());
  EXPECT_TRUE(refusal_to_read("/dev/null").starts_with("/dev/null: is a device: ")) << refusal_to_read("/dev/null");
  ::close(other_end);
}

TEST(File, CreateRefusesAFileThatIsThere) {
  const test::TempFolder folder;
  publish_file(folder / "a", "one");
  EXPECT_THROW(File(folder / "a", File::Mode::create), Error);
}

TEST(File, ReadingPastTheEndSaysWhereItEnds) {
  const test::TempFolder folder;
  publish_file(folder / "a", "12345");
  const File file(folder / "a", File::Mode::read);
  char bytes[9];
  EXPECT_EQ(file.read_some_at(3, bytes, 9), 2u);
  EXPECT_THROW(file.read_at(3, bytes, 3), Error);
  EXPECT_EQ(file.size(), 5u);
}

TEST(File, AFullDiskIsAnErrorWithTheOffset) {
  if (!path_exists("/dev/full")) return;
  File file("/dev/full", File::Mode::replace);
  EXPECT_THROW(file.append("x"), Error);
}

TEST(File, HasThePermissionsAskedForWhateverTheUmask) {
  const test::TempFolder folder;
  const mode_t before = ::umask(0);
  const File wide(folder / "wide", File::Mode::create, 0600);
  ::umask(077);
  const File narrow(folder / "narrow", File::Mode::create, 0644);
  File(folder / "again", File::Mode::create, 0644);
  const File again(folder / "again", File::Mode::replace, 0600);  // there before, for more people
  publish_file(folder / "published", "x", 0640);
  make_folders(folder / "a/b", 0750);
  ::umask(before);
  EXPECT_EQ(wide.status().mode, 0600u);
  EXPECT_EQ(narrow.status().mode, 0644u);
  EXPECT_EQ(again.status().mode, 0600u);
  EXPECT_EQ(File(folder / "published", File::Mode::read).status().mode, 0640u);
  EXPECT_EQ(std::filesystem::status(folder / "a/b").permissions(), std::filesystem::perms{0750});
  EXPECT_EQ(folder_permissions(0600), 0700u);
  EXPECT_EQ(folder_permissions(0640), 0750u);
  EXPECT_EQ(folder_permissions(0644), 0755u);
}

TEST(File, ADeviceKeepsItsPermissions) {
  if (!path_exists("/dev/full")) return;
  const auto before = std::filesystem::status("/dev/full").permissions();
  const File file("/dev/full", File::Mode::replace, 0600);
  EXPECT_EQ(std::filesystem::status("/dev/full").permissions(), before);
}

TEST(File, RemoveAllAcceptsWhatIsNotThere) {
  const test::TempFolder folder;
  make_folders(folder / "x/y/z");
  remove_all(folder / "x");
  remove_all(folder / "x");
  EXPECT_FALSE(path_exists(folder / "x"));
  EXPECT_THROW(rename_path(folder / "x", folder / "y"), Error);
}

}  // namespace
}  // namespace quern
