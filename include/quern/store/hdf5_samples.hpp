#pragma once
// HDF5 files of equally long training samples, compressed by HDF5's own gzip filter. Each is written by one rank.

#include "quern/store/hdf5.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace quern {

/// A new file with one dataset `/data`, i32 [examples, rows, length], in chunks of one example, and the attribute `n_examples` of the file.
/// Throws Error{store}. Not collective. Its bytes follow from what is written.
class Hdf5Samples {
 public:
  Hdf5Samples(const std::string& path, std::uint64_t examples, std::uint64_t rows, std::uint64_t length);
  /// Whole examples from `first` on.
  void write(std::uint64_t first, std::span<const std::int32_t> values);
  /// Closes the file and makes it durable.
  void close();

 private:
  std::string path_;
  std::uint64_t examples_, rows_, length_;
  Hdf5Handle file_, data_;  // the dataset is closed before the file
};

}  // namespace quern
