#include "quern/base/job/side_file.hpp"

#include "quern/base/error.hpp"
#include "temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace quern;
using quern::test::TempFolder;

namespace {

std::string written(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

ErrorKind kind_of_failure(const SideFile& file) {
  try {
    bytes_of(file);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(file.path), std::string::npos);
    return error.kind();
  }
  return ErrorKind::internal;
}

}  // namespace

TEST(SideFile, GivesTheBytesThatTheJobWasLoadedWith) {
  const TempFolder folder;
  for (const std::string& bytes : {std::string(), std::string("a\0b\n", 4), std::string(3'000'000, 'x')}) {
    EXPECT_EQ(bytes_of({written(folder / "list", bytes), hash128(bytes)}), bytes);
  }
}

TEST(SideFile, RefusesAFileThatWasChanged) {
  const TempFolder folder;
  EXPECT_EQ(kind_of_failure({written(folder / "list", "new"), hash128("old")}), ErrorKind::refused);
}

TEST(SideFile, NamesAFileThatCannotBeRead) {
  const TempFolder folder;
  EXPECT_EQ(kind_of_failure({folder / "absent", {}}), ErrorKind::store);
  EXPECT_EQ(kind_of_failure({folder.path(), {}}), ErrorKind::store);
}
