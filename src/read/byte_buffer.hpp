#pragma once
// The bytes of one line or file while it is put together.

#include "quern/format/json_lines.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace quern {

/// What was read and not yet done with, at the front of one reused block. kJsonPadding bytes behind it are always readable.
class ByteBuffer {
 public:
  /// A stride of the stream that stays in the cache between being decompressed and being parsed.
  static constexpr std::size_t kStride = 256u << 10;

  const char* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {bytes_.get(), size_}; }
  /// Where the next kStride bytes may be written.
  char* room() {
    if (capacity_ - size_ < kStride + kJsonPadding) grow();
    return bytes_.get() + size_;
  }
  void written(std::size_t bytes) { size_ += bytes; }
  /// Keeps only what begins at `from`; it moves to the front.
  void keep_from(std::size_t from) {
    if (from == 0) return;
    std::memmove(bytes_.get(), bytes_.get() + from, size_ - from);
    size_ -= from;
  }
  void clear() { size_ = 0; }

 private:
  void grow() {
    const std::size_t capacity = std::max(size_ + size_ / 2, size_ + kStride) + kStride + kJsonPadding;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace quern
