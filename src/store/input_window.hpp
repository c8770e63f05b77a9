#pragma once
// A sliding window on a file that is read from front to back.

#include "quern/store/file.hpp"
#include "store/read_ahead.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

/// Throws Error{store} when the file cannot be read or is shorter than it was when it was planned.
class InputWindow {
 public:
  static constexpr std::size_t kCapacity = 512u << 10;
  /// Bytes behind the position that stay in the window: a decoder may give back what it took too much.
  static constexpr std::size_t kKeptBehind = 64;

  /// `file_bytes`: the size it must have.
  void open(const std::string& path, std::uint64_t file_bytes);
  const File& file() const { return file_; }
  std::uint64_t file_bytes() const { return file_bytes_; }
  std::uint64_t offset() const { return begin_ + at_; }
  std::string_view view() const { return {buffer_.get() + at_, filled_ - at_}; }
  /// Makes at least `bytes` (<= kCapacity - kKeptBehind) visible, if the file has them; otherwise all that is left.
  bool need(std::size_t bytes);
  void consume(std::size_t bytes) { at_ += bytes; }
  /// Goes anywhere in the file; cheap when it is in the window.
  void seek(std::uint64_t offset);
  bool at_end() const { return offset() == file_bytes_; }

 private:
  void fill();

  File file_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t begin_ = 0;  ///< offset in the file of buffer_[0]
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::unique_ptr<char[]> buffer_;
  ReadAhead ahead_;
};

/// Reads up to `bytes` at `offset`, not beyond the size the file must have.
std::string read_part(const InputWindow& window, std::uint64_t offset, std::size_t bytes);

}  // namespace quern
