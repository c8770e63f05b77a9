#pragma once
// How much of a text repeats: what Gopher's repetition rules ask, counted by classes of equal n-grams.

#include "quern/base/job.hpp"
#include "quern/base/kernel.hpp"
#include "quern/base/verdict.hpp"
#include "quern/filter/token_places.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace quern {

/// Counts; "gopher_repetition" in docs/filters.md defines what is counted. Characters are code points.
struct RepetitionCounts {
  static constexpr std::size_t kLeastTop = 2;        ///< n of top_chars[0]
  static constexpr std::size_t kLeastDuplicate = 5;  ///< n of duplicate_chars[0]
  static constexpr std::size_t kMost = 10;

  std::uint64_t chars = 0;
  std::uint64_t lines = 0;
  std::uint64_t duplicate_lines = 0;
  std::uint64_t duplicate_line_chars = 0;
  std::uint64_t paragraphs = 0;
  std::uint64_t duplicate_paragraphs = 0;
  std::uint64_t duplicate_paragraph_chars = 0;
  std::array<std::uint64_t, 3> top_chars{};        ///< of the most frequent 2-, 3- and 4-gram, all occurrences
  std::array<std::uint64_t, 6> duplicate_chars{};  ///< of 5- to 10-grams that stood before

  bool operator==(const RepetitionCounts&) const = default;
};

/// Keeps its buffers from text to text: not to be shared by threads. Exact: equal hashes are never taken for equal words.
///
/// Bounds from hashes tell of most texts that no rule can fail, and of the n-grams of the others which have to be held against each other.
/// Time: about linear in the text; memory: below 100 bytes for each token of the longest text.
class RepetitionCounter {
 public:
  explicit RepetitionCounter(Kernel kernel = chosen_kernel());
  ~RepetitionCounter();
  RepetitionCounter(RepetitionCounter&&) noexcept;
  RepetitionCounter& operator=(RepetitionCounter&&) noexcept;

  /// @param text valid UTF-8 of less than 4 GiB
  RepetitionCounts count(std::string_view text);
  /// The same, for a text that has been split already.
  RepetitionCounts count(std::string_view text, const TokenPlaces& tokens);

  /// The first rule, in the order of the members of the spec, that the text does not pass. Stops counting where the answer is certain.
  Reason judge(const GopherRepetitionSpec& spec, std::string_view text);
  /// The same, for a text that has been split already.
  Reason judge(const GopherRepetitionSpec& spec, std::string_view text, const TokenPlaces& tokens);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern
