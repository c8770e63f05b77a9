#pragma once
// Documents that hold parts of evaluation sets: an index of the sets' n-grams, which all ranks build and each has whole, and a walk over the
// words of a document that looks them up.

#include "quern/base/hash.hpp"
#include "quern/base/job/contamination.hpp"
#include "quern/base/verdict.hpp"
#include "quern/comm/world.hpp"
#include "quern/text/words.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class GramIndex;

/// A line of an evaluation set.
struct EvaluationItem {
  std::uint32_t set = 0;    ///< its number among the job's
  std::uint32_t grams = 0;  ///< different n-grams that are looked for; 0: its texts are too short, or say what many others do
  std::string name;         ///< its id, or "line <number from 1>"
};

/// That a document holds n-grams of an item. Rows of these are what the spool keeps of a document.
struct ItemMatch {
  std::uint32_t item = 0;     ///< its number in ContaminationIndex::items()
  std::uint32_t matched = 0;  ///< different n-grams of it that stand in the document
  std::uint32_t grams = 0;    ///< of all that it has
  bool operator==(const ItemMatch&) const = default;
};

/// The n-grams of all evaluation sets. The same on every rank, and for every number of ranks.
///
/// An n-gram is `ngram` consecutive words (text/words.hpp) within one text of an item; a text of min_words to ngram - 1 words is one gram as a
/// whole. That is the unit of GPT-3 (Brown et al. 2020, appendix C: 13 words, 8 at least), PaLM (Chowdhery et al. 2022, section 8) and
/// Llama 2 (Touvron et al. 2023, appendix A.6), with other thresholds each; docs/contamination.md compares them.
/// Memory: about 80 bytes for each different gram, 4 for each item that has it, and the items' names; while it is built 70 bytes more for each
/// gram of each item.
class ContaminationIndex {
 public:
  /// Collective. Every rank reads the files and takes each P-th line. Throws Error{plan} naming file and line: no JSON, no texts where the
  /// job says they are, a file that changed since the job was loaded.
  static ContaminationIndex build(const ContaminationSpec& spec, World& world);
  ~ContaminationIndex();
  ContaminationIndex(ContaminationIndex&&) noexcept;
  ContaminationIndex& operator=(ContaminationIndex&&) noexcept;

  const ContaminationSpec& spec() const noexcept { return spec_; }
  std::span<const EvaluationItem> items() const noexcept { return items_; }
  std::uint64_t grams() const noexcept;         ///< different ones that are looked for
  std::uint64_t common_grams() const noexcept;  ///< left out: of more than max_items items
  std::uint64_t items_without_grams() const noexcept;
  std::uint64_t memory_bytes() const noexcept;
  const GramIndex& gram_index() const noexcept { return *grams_; }

 private:
  ContaminationIndex();

  ContaminationSpec spec_;
  std::vector<EvaluationItem> items_;
  std::unique_ptr<GramIndex> grams_;
};

/// Looks documents up, one after the other, with the same buffers: not to be shared by threads. Not collective.
///
/// No match is missed. A match is false only when the words differ and their hashes do not: for a text with n-1 words of an n-gram right and one
/// wrong with a probability of 2^-64, else far less.
/// Time: linear in the text, plus max_items for each different n-gram that it holds.
class ContaminationChecker {
 public:
  /// `index` must live as long.
  explicit ContaminationChecker(const ContaminationIndex& index);

  /// The items of which the text holds enough (min_matches, or all that the item has if that is less, and min_share), in their order.
  /// `text` is valid UTF-8 of less than 4 GiB. What is returned lives until the next call.
  std::span<const ItemMatch> check(std::string_view text);
  /// check(), and what the job asks for: Reason::contamination when the document is to be dropped; with `mask` the matched words are taken
  /// out of the text. matches() says what was found.
  Reason apply(std::string& text);
  std::span<const ItemMatch> matches() const noexcept { return matches_; }

 private:
  struct Hit {
    std::uint32_t gram = 0;
    std::uint32_t end = 0;  ///< words of the document up to and with its last one
  };
  void take_batch(const char* folded, std::span<const FoldedWords::Word> words);
  void look_up(std::uint64_t slot, const std::uint64_t* behind, std::uint32_t words, std::uint32_t end);
  void look_up_short(std::uint64_t slot, const std::uint64_t* behind, std::uint32_t end);
  void count_items();
  void mask(std::string& text);

  const ContaminationIndex& index_;
  FoldedWords words_;
  std::vector<std::uint64_t> hashes_;  ///< of the words of a batch, behind those of the words before
  std::vector<std::uint64_t> slots_, short_slots_;  ///< of the runs that end at them
  std::uint32_t seen_ = 0;             ///< words before the batch
  std::uint64_t rolling_ = 0, short_rolling_ = 0;
  std::vector<Hit> hits_;
  std::vector<std::uint32_t> found_grams_, found_items_;
  std::vector<ItemMatch> matches_;
};

/// First line of the table of matches.
inline constexpr std::string_view kContaminationHeader = "document\tset\titem\tmatched\tngrams\tshare\n";
/// A line for each match, ended by LF: as the header says, the share with six digits. Tabs, line ends and backslashes in names are written as
/// \t, \n, \r and \\.
std::string contamination_rows(std::string_view document, std::span<const ItemMatch> matches, const ContaminationIndex& index);

}  // namespace quern
