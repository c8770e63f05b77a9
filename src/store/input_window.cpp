#include "store/input_window.hpp"

#include "quern/base/error.hpp"

#include <algorithm>
#include <cstring>

namespace quern {

void InputWindow::open(const std::string& path, std::uint64_t file_bytes) {
  file_ = File();  // what could not be opened is not the file before it
  file_ = File(path, File::Mode::read);
  file_bytes_ = file_bytes;
  begin_ = at_ = filled_ = 0;
  ahead_.clear();
}

bool InputWindow::need(std::size_t bytes) {
  if (filled_ - at_ < bytes) fill();
  return filled_ - at_ >= bytes;
}

void InputWindow::fill() {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kCapacity);
  const std::size_t drop = at_ > kKeptBehind ? at_ - kKeptBehind : 0;
  std::memmove(buffer_.get(), buffer_.get() + drop, filled_ - drop);
  begin_ += drop;
  at_ -= drop;
  filled_ -= drop;
  const std::uint64_t left = file_bytes_ - begin_ - filled_;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kCapacity - filled_, left));
  if (wanted == 0) return;
  ahead_.at(file_, begin_ + filled_);
  file_.read_at(begin_ + filled_, buffer_.get() + filled_, wanted);
  filled_ += wanted;
}

void InputWindow::seek(std::uint64_t offset) {
  if (offset >= begin_ && offset <= begin_ + filled_) {
    at_ = static_cast<std::size_t>(offset - begin_);
    return;
  }
  begin_ = offset;
  at_ = filled_ = 0;
}

std::string read_part(const InputWindow& window, std::uint64_t offset, std::size_t bytes) {
  if (offset >= window.file_bytes()) return {};
  std::string part(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, window.file_bytes() - offset)), '\0');
  window.file().read_at(offset, part.data(), part.size());
  return part;
}

}  // namespace quern
