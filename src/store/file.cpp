#include "quern/store/file.hpp"

#include "quern/base/error.hpp"
#include "quern/base/heartbeat.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace quern {

namespace {

[[noreturn]] void fail_call(const char* call, const std::string& path, int error = errno) {
  fail(ErrorKind::store, "{}: {} failed: {}", path, call, std::strerror(error));
}

/// Waits between tries of a call that reads, longer each time: about three seconds in all, far below any stall_timeout.
class Patience {
 public:
  /// Whether `error` may pass and the call is to be tried again; waits before it says so.
  bool again(int error, const char* call, const std::string& path) {
    const bool may_pass = error == EIO || error == ESTALE || error == ETIMEDOUT || error == EAGAIN;
    if (!may_pass || tries_ == kTries) return false;
    ++tries_;
    spdlog::warn("{}: {} failed: {}; tried again in {} ms ({} of {})", path, call, std::strerror(error), wait_.count(), tries_, kTries);
    std::this_thread::sleep_for(wait_);
    beat();
    wait_ *= 2;
    return true;
  }

 private:
  static constexpr int kTries = 5;
  std::chrono::milliseconds wait_{100};
  int tries_ = 0;
};

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

/// Opening a pipe would wait, maybe for ever, until somebody writes into it; and none of these is read from an offset.
void refuse_what_is_no_plain_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return;  // what is not there, open() says
  const char* what = "a device";
  if (S_ISDIR(status.st_mode)) what = "a folder";
  if (S_ISFIFO(status.st_mode)) what = "a pipe";
  if (S_ISSOCK(status.st_mode)) what = "a socket";
  fail(ErrorKind::store, "{}: is {}: it is read as a plain file, from any place in it; name one", path, what);
}

}  // namespace

File::File(const std::string& path, Mode mode, unsigned permissions) : path_(path) {
  int flags = O_CLOEXEC;
  if (mode == Mode::read) flags |= O_RDONLY;
  if (mode == Mode::create) flags |= O_RDWR | O_CREAT | O_EXCL;
  if (mode == Mode::replace) flags |= O_RDWR | O_CREAT | O_TRUNC;
  if (mode == Mode::update) flags |= O_RDWR;
  if (mode == Mode::read) refuse_what_is_no_plain_file(path);
  Patience patience;
  do {
    fd_ = ::open(path.c_str(), flags, permissions);
  } while (fd_ < 0 && (errno == EINTR || (mode == Mode::read && patience.again(errno, "open", path))));
  if (fd_ < 0) fail_call(mode == Mode::read || mode == Mode::update ? "open" : "create", path);
  if (mode == Mode::update) written_ = size();
  if (mode != Mode::create && mode != Mode::replace) return;
  try {
    // A file system without permissions of its own gives what it gives: an error only when that lets more people in.
    const auto [regular, given, owner] = status();
    if (regular && given != permissions && ::fchmod(fd_, permissions) != 0 && (given & ~permissions) != 0) {
      fail_call(fmt::format("fchmod to {:04o} (it has {:04o})", permissions, given).c_str(), path_);
    }
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), written_(other.written_), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(written_, other.written_);
  std::swap(path_, other.path_);
  return *this;
}

std::uint64_t File::size() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail_call("fstat", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

std::int64_t File::modified_ns() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail_call("fstat", path_);
  return status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
}

FileStatus File::status() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail_call("fstat", path_);
  return {S_ISREG(status.st_mode), status.st_mode & 0777u, status.st_uid};
}

std::size_t File::read_some_at(std::uint64_t offset, void* to, std::size_t bytes) const {
  std::size_t done = 0;
  Patience patience;
  while (done < bytes) {
    const ssize_t n = ::pread(fd_, static_cast<char*>(to) + done, bytes - done, static_cast<off_t>(offset + done));
    if (n < 0 && (errno == EINTR || patience.again(errno, "read", path_))) continue;
    if (n < 0) fail_call(fmt::format("read at offset {}", offset + done).c_str(), path_);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void File::read_at(std::uint64_t offset, void* to, std::size_t bytes) const {
  const std::size_t n = read_some_at(offset, to, bytes);
  if (n != bytes) fail(ErrorKind::store, "{}: ends at offset {}, {} bytes were expected at {}", path_, offset + n, bytes, offset);
}

void File::will_need(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  // Some file systems take no hints: then reading waits, and is right all the same.
  (void)::posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
}

void File::will_not_need(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  (void)::posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_DONTNEED);
}

void File::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_call(fmt::format("write at offset {}", offset).c_str(), path_);
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void File::append(std::string_view bytes) {
  write_at(written_, bytes);
  written_ += bytes.size();
}

void File::truncate(std::uint64_t bytes) {
  if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) fail_call(fmt::format("truncate to {} bytes", bytes).c_str(), path_);
  written_ = bytes;
}

void File::start_writing(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  (void)::sync_file_range(fd_, static_cast<off64_t>(offset), static_cast<off64_t>(bytes), SYNC_FILE_RANGE_WRITE);
}

/// Waits for the disk piece by piece, with a sign of life after each: for gigabytes fsync() alone would be silent for minutes.
/// What a failed write-back reports here, it does not report to fsync() again. Where there is no such call, fsync() does it all.
void File::wait_for_disk() const {
  constexpr std::uint64_t kPieceBytes = 64u << 20;
  constexpr unsigned kFlags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  const std::uint64_t bytes = size();
  for (std::uint64_t at = 0; at + kPieceBytes < bytes; at += kPieceBytes) {
    const int result = ::sync_file_range(fd_, static_cast<off64_t>(at), static_cast<off64_t>(kPieceBytes), kFlags);
    const bool no_such_call = errno == ENOSYS || errno == EINVAL || errno == ESPIPE;
    if (result != 0 && !no_such_call) fail_call(fmt::format("write-back of {} bytes at offset {}", kPieceBytes, at).c_str(), path_);
    beat();
  }
}

void File::sync() {
  wait_for_disk();
  if (::fsync(fd_) != 0) fail_call("fsync", path_);
}

void File::close() {
  if (fd_ < 0) return;
  const int fd = std::exchange(fd_, -1);
  if (::close(fd) != 0 && errno != EINTR) fail_call("close", path_);
}

std::string read_file(const std::string& path, ErrorKind kind) try {
  const File file(path, File::Mode::read);
  std::string bytes(file.size(), '\0');
  bytes.resize(file.read_some_at(0, bytes.data(), bytes.size()));
  return bytes;
} catch (const Error& error) {
  throw Error(kind, error.what());
}

void publish_file(const std::string& path, std::string_view bytes, unsigned permissions) {
  const std::string aside = path + ".partial";
  File file(aside, File::Mode::replace, permissions);
  file.append(bytes);
  file.sync();
  file.close();
  rename_path(aside, path);
  sync_folder(parent_of(path));
}

void make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail(ErrorKind::store, "{}: cannot make the folder: {}: choose a place where you may write", path, error.message());
}

void make_folders(const std::string& path, unsigned permissions) {
  const bool there = path_exists(path);
  make_folders(path);
  if (!there) set_permissions(path, permissions);
}

void set_permissions(const std::string& path, unsigned permissions) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail_call("stat", path);
  const unsigned given = status.st_mode & 0777u, special = status.st_mode & 07000u;  // a folder's group may be passed on: that stays
  if (given == permissions || ::chmod(path.c_str(), permissions | special) == 0) return;
  if ((given & ~permissions) != 0) fail_call(fmt::format("chmod to {:04o} (it has {:04o})", permissions, given).c_str(), path);
}

void sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail_call("open", folder);
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  // Some file systems cannot sync a folder and say so with EINVAL: there the rename is as durable as it can be.
  if (result != 0 && error != EINVAL) fail_call("fsync", folder, error);
}

void rename_path(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_call(fmt::format("rename to {}", to).c_str(), from);
}

bool path_exists(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  fail_call("stat", path);
}

void remove_all(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error && error != std::errc::not_a_directory) fail(ErrorKind::store, "{}: cannot remove: {}", path, error.message());
}

}  // namespace quern
