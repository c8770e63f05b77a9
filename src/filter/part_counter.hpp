#pragma once
// Lines and paragraphs of a text, and how many of them stood before.

#include "class_table.hpp"
#include "met_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quern {

/// "gopher_repetition" in docs/filters.md defines both. Keeps its buffers from text to text.
class PartCounter {
 public:
  struct Parts {
    std::uint64_t all = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t duplicate_chars = 0;  ///< code points
  };

  /// `newlines`: where `text` has LF, ascending. The text stays where it is until it has been counted.
  void find_lines(std::string_view text, std::span<const std::uint32_t> newlines);
  void find_paragraphs(std::string_view text, std::span<const std::uint32_t> newlines);

  /// Parts that the caller finds: bytes [begin, end) of `text`, in order; empty ones are none.
  void start(std::string_view text) { text_ = text, begins_.clear(), lengths_.clear(); }
  void add(std::size_t begin, std::size_t end);

  /// Of the parts found last: duplicates, in bytes for code points, or a few more.
  Parts count_at_most();
  /// Of the same, after count_at_most().
  Parts count();

  void shrink(std::size_t most);

 private:
  std::string_view part(std::size_t i) const noexcept { return text_.substr(begins_[i], lengths_[i]); }

  std::string_view text_;
  std::vector<std::uint32_t> begins_, lengths_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> repeaters_;  ///< parts that seem to have stood before
  std::vector<std::uint32_t> first_;      ///< part that stands for a class
  MetFilter met_, again_;
  ClassTable table_;
};

}  // namespace quern
