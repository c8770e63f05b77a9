#pragma once
// Has the file system fetch what a reader comes to next while it computes.

#include "quern/store/file.hpp"

#include <cstdint>

namespace quern {

class ReadAhead {
 public:
  /// More than a rank reads while a slow disk or network answers; it lies in the page cache, not in the rank's memory.
  static constexpr std::uint64_t kBytes = 8u << 20;

  /// The reader of `file` stands at `offset`.
  void at(const File& file, std::uint64_t offset) {
    if (offset < begin_ || offset > end_) end_ = offset;
    begin_ = offset;
    for (; end_ < offset + kBytes; end_ += kPieceBytes) file.will_need(end_, kPieceBytes);
  }
  /// For the next file.
  void clear() { begin_ = end_ = 0; }

 private:
  /// Of one call Linux fetches no more than the device takes at once (often 1.25 MiB), and forgets the rest.
  static constexpr std::uint64_t kPieceBytes = 512u << 10;

  std::uint64_t begin_ = 0;  ///< [begin_, end_) was asked for
  std::uint64_t end_ = 0;
};

}  // namespace quern
