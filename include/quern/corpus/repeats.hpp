#pragma once
// Lines and paragraphs that stand in many documents of the corpus, and what is left of a document without them.

#include "quern/base/job/corpus.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class World;

enum class TextUnit { line, paragraph };

/// A line, or a paragraph, of a text. A line ends with LF, a paragraph with a row of two and more LF; the LF belong to no unit. What is
/// compared is the unit without white space (ASCII) at its ends.
struct UnitOfText {
  std::size_t begin = 0, end = 0;  ///< bytes of the text
  std::uint64_t hash = 0;          ///< xxh3-64 of what is compared
  std::size_t chars = 0;           ///< code points of what is compared
};
void for_each_unit(std::string_view text, TextUnit unit, const std::function<void(const UnitOfText&)>& visit);

/// A unit of a document at home here that is repeated, and not to stay there.
struct Repeat {
  std::uint64_t record = 0;
  std::uint64_t hash = 0;
  auto operator<=>(const Repeat&) const = default;
};

/// Documents at home on a rank, as the search sees them: asked for once for each range of hashes.
struct RepeatTexts {
  virtual ~RepeatTexts() = default;
  /// The next document: its record, its place in keep order and its text; false when there is none. Documents with the same text may share a
  /// place: they count once, and lose the same.
  virtual bool next(std::uint64_t& record, std::uint64_t& place, std::string& text) = 0;
  virtual void rewind() = 0;
  /// The rank at which a record is at home.
  virtual int home_of(std::uint64_t record) const = 0;
};

/// Collective. For the documents at home here, in ascending order: each unit of text that stands in more than max_documents documents, and not
/// first in this one (in keep order). A unit that stands in one document several times counts once, and is named once.
///
/// Each distinct unit of a document is a row of 24 bytes to the rank that owns its hash. Ranges of hashes are taken one after the other when
/// the rows of all would not fit `budget_bytes` a rank; each range is a pass over the texts. Two different units of equal 64-bit hash are
/// taken for one: of 10^9 distinct units, one pair in 40 corpora.
std::vector<Repeat> find_repeats(RepeatTexts& texts, TextUnit unit, const RepeatSpec& spec, std::size_t budget_bytes, World& world);

/// The text without the units of these hashes (ascending). A removed line goes with its LF, a removed paragraph with the LF behind it.
/// Returns whether anything was removed.
bool remove_units(std::string& text, TextUnit unit, const std::vector<std::uint64_t>& hashes, std::uint64_t min_chars);

}  // namespace quern
