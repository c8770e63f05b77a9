#include "quern/base/job/side_file.hpp"

#include "quern/base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quern {

namespace {

[[noreturn]] void fail_call(const char* what, const std::string& path, int error) {
  fail(ErrorKind::store, "{}: cannot {}: {}. It must be readable on every machine of the run.", path, what, std::strerror(error));
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) fail_call("open", path, errno);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::string bytes_of(const SideFile& file) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const Descriptor descriptor(file.path);
  std::string bytes;
  for (;;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + kPiece);
    const ssize_t got = ::read(descriptor.get(), bytes.data() + had, kPiece);
    if (got < 0 && errno != EINTR) fail_call("read", file.path, errno);
    bytes.resize(had + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) break;
  }
  if (hash128(bytes) != file.digest) {
    fail(ErrorKind::refused, "{}: was changed after the job was loaded. Start again when it is as it should be.", file.path);
  }
  return bytes;
}

}  // namespace quern
