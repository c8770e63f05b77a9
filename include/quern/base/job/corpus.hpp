#pragma once
// What a job decides by looking at the whole corpus, before duplicates are removed.

#include <cstdint>
#include <optional>

namespace quern {

enum class RepeatAction {
  remove,  ///< out of the text, but for the first document in keep order
  mark     ///< the document gets a flag; the text stays
};

/// Lines, or paragraphs, that stand in many documents: navigation, cookie notices, licences.
struct RepeatSpec {
  std::uint64_t max_documents = 10;  ///< in more than so many documents it is repeated
  std::uint64_t min_chars = 20;      ///< shorter ones are left alone
  RepeatAction action = RepeatAction::remove;
  std::uint64_t min_left_ppm = 0;    ///< a document of which less is left is removed; and one of which nothing is left
};

struct RepeatsSpec {
  std::optional<RepeatSpec> lines, paragraphs;
};

}  // namespace quern
