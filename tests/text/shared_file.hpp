#pragma once
// Real text for tests that use it when it is there.

#include <cstdio>
#include <string>
#include <string_view>

namespace quern::test {

/// The decompressed content of a zstd file of the shared data, by the zstd program; empty, with a line that says so, without it.
inline std::string shared_file(std::string_view name) {
  const std::string path = std::string(QUERN_SHARED_DATA "/") + std::string(name);
  std::string content;
  if (FILE* const pipe = popen(("zstd -dcq '" + path + "' 2>/dev/null").c_str(), "r")) {
    char block[1 << 16];
    while (const std::size_t n = std::fread(block, 1, sizeof block, pipe)) content.append(block, n);
    if (pclose(pipe) != 0) content.clear();
  }
  if (content.empty()) std::printf("cannot read %s: this comparison is left out\n", path.c_str());
  return content;
}

}  // namespace quern::test
