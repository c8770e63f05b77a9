#include "fuzz/fuzz.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

namespace quern::fuzz {

namespace {

class Folder {
 public:
  Folder() {
    path_ = std::filesystem::is_directory("/dev/shm") ? "/dev/shm/quern-fuzz-XXXXXX" : "/tmp/quern-fuzz-XXXXXX";
    must(::mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

const std::string& folder() {
  static const Folder made;
  return made.path();
}

std::string file_with(const std::string& name, std::string_view bytes) {
  const std::string path = folder() + "/" + name;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  must(fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  ::close(fd);
  return path;
}

void must(bool good) {
  if (!good) abort();
}

}  // namespace quern::fuzz
