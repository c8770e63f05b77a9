#pragma once
// Vocabularies and texts of the shared data folder, decompressed by the zstd command. Absent data: nothing, and a line that says so.

#include "quern/base/error.hpp"
#include "quern/store/file.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

namespace quern {

/// The file below the data folder; `name` may end in .zst.
inline std::optional<std::string> shared_file(const std::string& name) {
  const std::string path = std::string(QUERN_SHARED_DATA) + "/" + name;
  if (!std::filesystem::exists(path)) {
    std::printf("%s is not there: nothing is tested with it\n", path.c_str());
    return std::nullopt;
  }
  if (!name.ends_with(".zst")) return read_file(path);
  std::FILE* const pipe = ::popen(("zstd -dcq '" + path + "'").c_str(), "r");
  if (pipe == nullptr) fail(ErrorKind::store, "{}: cannot start zstd", path);
  std::string bytes;
  char part[65536];
  for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, pipe)) > 0;) bytes.append(part, n);
  if (::pclose(pipe) != 0) fail(ErrorKind::store, "zstd -dcq {} failed", path);
  return bytes;
}

}  // namespace quern
