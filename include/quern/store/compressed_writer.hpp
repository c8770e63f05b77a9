#pragma once
// Files of one gzip member (RFC 1952) or one zstd frame (RFC 8878): some readers end at the end of the first.

#include "quern/store/file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quern {

enum class FileCompression { none, gzip, zstd };

/// A new file. Its bytes follow from what is appended, however that is cut. Not collective; about 2 MiB. Throws Error{store}.
class CompressedWriter {
 public:
  CompressedWriter(const std::string& path, FileCompression compression);
  ~CompressedWriter();
  CompressedWriter(CompressedWriter&&) noexcept;
  CompressedWriter& operator=(CompressedWriter&&) noexcept;

  void append(std::string_view bytes);
  /// Ends the member or frame and makes the file durable. Without it the file is cut off.
  void close();

 private:
  struct Coder;
  struct Gzip;
  struct Zstd;
  void flush(bool last);

  File file_;
  std::unique_ptr<Coder> coder_;
  std::string pending_;
};

}  // namespace quern
