#pragma once
// What a record is called in print: its own id, or else its file and offset.

#include "quern/dataset/dataset_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

/// Appends `text` with tab, newline, carriage return and backslash escaped.
void append_escaped(std::string& to, std::string_view text);

/// "0.8333": rounded to the nearest, halves up; empty for none.
std::string decimal(const Similarity& similarity);

class RecordNames {
 public:
  explicit RecordNames(const DatasetReader& reader) : reader_(reader) {}

  /// Escaped. Names of files are read in blocks: cheap when files come in order.
  std::string of(std::string_view own_id, const RecordPlace& place);
  /// Of an input file; valid until the next call.
  std::string_view file(std::uint64_t file) { return file_name(file); }
  /// Names of many records, given in rising order: neighbours share a read.
  std::vector<std::string> of(std::span<const std::uint64_t> records);

 private:
  std::string_view file_name(std::uint64_t file);
  const DatasetReader& reader_;
  FilePart files_;
};

}  // namespace quern
