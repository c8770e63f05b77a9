#pragma once
// Documents and tokens of a data set in ranges, and files that all ranks write.

#include "quern/base/heartbeat.hpp"
#include "quern/dataset/dataset_reader.hpp"
#include "quern/store/file.hpp"
#include "write/even_share.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class World;

inline constexpr std::uint64_t kDocumentsAtOnce = 64u << 10;
inline constexpr std::uint64_t kTokensAtOnce = 1u << 20;

/// visit(document, first token, end) for each of `documents`.
template <class Visit>
void for_each_document(const DatasetReader& data, Range documents, Visit visit) {
  for (std::uint64_t first = documents.first; first < documents.end; first += kDocumentsAtOnce) {
    const std::uint64_t n = std::min(kDocumentsAtOnce, documents.end - first);
    const std::vector<std::uint64_t> start = data.document_starts(first, n);
    for (std::size_t i = 0; i < n; ++i) visit(first + i, start[i], start[i + 1]);
    beat();
  }
}

/// Tokens by their place in /data, read ahead: for reading forward, also in small steps.
class TokenReader {
 public:
  explicit TokenReader(const DatasetReader& data) : data_(data) {}
  /// A beginning of [first, end), not empty unless that is; valid until the next call.
  std::span<const std::uint32_t> some(std::uint64_t first, std::uint64_t end);
  /// visit(tokens) for pieces that make up [first, end).
  template <class Visit>
  void each(std::uint64_t first, std::uint64_t end, Visit visit) {
    while (first < end) {
      const std::span<const std::uint32_t> piece = some(first, end);
      visit(piece);
      first += piece.size();
    }
  }

 private:
  const DatasetReader& data_;
  std::vector<std::uint32_t> tokens_;
  std::uint64_t first_ = 0;
};

/// A new file of fixed size that all ranks write ranges of.
class SharedFile {
 public:
  /// Collective.
  SharedFile(const std::string& path, std::uint64_t bytes, World& world);
  // Not collective:
  void write_at(std::uint64_t offset, std::string_view bytes) { file_->write_at(offset, bytes); }
  template <class T>
  void write_values(std::uint64_t offset, std::span<const T> values) {
    write_at(offset, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
  /// Makes durable what this rank has written.
  void close();

 private:
  std::unique_ptr<File> file_;
};

/// `tokens` as little-endian numbers of `bytes` (2 or 4), at the end of `to`.
void append_tokens(std::string& to, std::span<const std::uint32_t> tokens, std::uint64_t bytes);

/// Writes the tokens [first, end) to `offset` of a file.
void copy_tokens(TokenReader& reader, Range tokens, std::uint64_t bytes, SharedFile& to, std::uint64_t offset);

}  // namespace quern
