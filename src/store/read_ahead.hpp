#pragma once
// Has the file system fetch what a reader comes to next while it computes.

#include "quern/store/file.hpp"

#include <algorithm>
#include <cstdint>

namespace quern {

class ReadAhead {
 public:
  /// More than a rank reads while a slow disk or network answers; it lies in the page cache, not in the rank's memory.
  static constexpr std::uint64_t kBytes = 8u << 20;

  /// The reader of `file` stands at `offset`. Asks again when half of what was asked for is used up.
  void at(const File& file, std::uint64_t offset) {
    if (offset >= begin_ && offset + kBytes / 2 <= end_) return;
    begin_ = offset;
    const std::uint64_t from = offset < end_ ? end_ : offset;
    end_ = offset + kBytes;
    file.will_need(from, end_ - from);
  }
  /// For the next file.
  void clear() { begin_ = end_ = 0; }

 private:
  std::uint64_t begin_ = 0;  ///< [begin_, end_) was asked for
  std::uint64_t end_ = 0;
};

}  // namespace quern
