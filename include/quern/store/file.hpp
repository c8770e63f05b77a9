#pragma once
// POSIX files with every call checked. Errors name the path, the call and the reason.

#include "quern/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace quern {

/// What fstat(2) says.
struct FileStatus {
  bool is_regular = false;
  unsigned mode = 0;  ///< permission bits
  unsigned owner = 0;
};

/// An open file descriptor; move-only. Throws Error{store}. Not collective.
class File {
 public:
  enum class Mode {
    read,     ///< a plain file: pipes, devices and folders are refused, not waited for
    create,   ///< new file; an error if it exists
    replace,  ///< created, or emptied if it exists
    update    ///< must exist; written from its end on
  };
  File() = default;
  /// `permissions` of a file that is created or replaced: just these, whatever the umask is.
  File(const std::string& path, Mode mode, unsigned permissions = 0600);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }
  std::uint64_t size() const;
  /// Time of the last change of its content, in nanoseconds since 1970.
  std::int64_t modified_ns() const;
  FileStatus status() const;

  /// Reads up to `bytes` at `offset`; fewer only at the end of the file. What a network or a disk may get over (EIO, ESTALE, ETIMEDOUT,
  /// EAGAIN) is tried again for about three seconds, as opening a file to read it is; every try is logged.
  std::size_t read_some_at(std::uint64_t offset, void* to, std::size_t bytes) const;
  /// Reads exactly `bytes` at `offset`; a shorter file is an error.
  void read_at(std::uint64_t offset, void* to, std::size_t bytes) const;
  /// Tells the file system that these bytes will be read soon; it may fetch them meanwhile. A hint: it cannot fail.
  void will_need(std::uint64_t offset, std::uint64_t bytes) const noexcept;
  /// Tells the file system that these bytes, once written to the disk, will not be read again. A hint: it cannot fail.
  void will_not_need(std::uint64_t offset, std::uint64_t bytes) const noexcept;
  /// Writes exactly `bytes` at `offset`, wherever the file ends.
  void write_at(std::uint64_t offset, std::string_view bytes);
  /// Appends at the end of what this object has written.
  void append(std::string_view bytes);
  std::uint64_t written() const { return written_; }
  /// Cuts the file off; appending goes on there.
  void truncate(std::uint64_t bytes);
  /// Has the file system begin to write these bytes to the disk, so that sync() finds little left to wait for. A hint: it cannot fail.
  void start_writing(std::uint64_t offset, std::uint64_t bytes) const noexcept;
  /// Gives signs of life (base/heartbeat.hpp) meanwhile, as far as the kernel lets it.
  void sync();
  /// Closes and reports what close reports (quota and network errors come here); the destructor only lets go.
  void close();

 private:
  void wait_for_disk() const;

  int fd_ = -1;
  std::uint64_t written_ = 0;
  std::string path_;
};

/// The whole file as bytes. `kind` of the error when it cannot be read: ErrorKind::plan for a file that the job names.
std::string read_file(const std::string& path, ErrorKind kind = ErrorKind::store);
/// Writes aside, syncs, renames, syncs the folder: the file is there whole or not at all.
void publish_file(const std::string& path, std::string_view bytes, unsigned permissions = 0644);
void make_folders(const std::string& path);
/// The same; the last folder, if it is made here, gets just these permissions, whatever the umask is.
void make_folders(const std::string& path, unsigned permissions);
/// chmod(2), checked.
void set_permissions(const std::string& path, unsigned permissions);
/// Of a folder of files with these permissions: who may read them may also search it.
constexpr unsigned folder_permissions(unsigned of_files) { return of_files | (of_files & 0444) >> 2; }
/// Makes renames and new names inside `folder` durable.
void sync_folder(const std::string& folder);
/// rename(2), checked.
void rename_path(const std::string& from, const std::string& to);
bool path_exists(const std::string& path);
/// Removes a file or a folder with all that is in it; nothing there is no error.
void remove_all(const std::string& path);

}  // namespace quern
