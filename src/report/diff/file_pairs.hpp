#pragma once
// Which input file of one data set is which of another, and where its records lie.

#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// Rows of the ledger that came from one file.
struct FileRows {
  std::string name;
  std::uint64_t first = 0, end = 0;
};

/// The files of a data set that have records, in input order. Reads the ledger's places by binary search.
std::vector<FileRows> file_rows(const DatasetReader& data);

struct FilePair {
  std::optional<std::size_t> first, second;  ///< rows of file_rows(); one of them may be missing
};

/// Every file once: those of the first in their order, then those that the second alone has. Of equal names the first stands for the first.
std::vector<FilePair> pair_files(const std::vector<FileRows>& first, const std::vector<FileRows>& second);

}  // namespace quern
