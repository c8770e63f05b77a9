#pragma once
// How a job tells the language of its documents, and which languages it keeps.

#include "quern/base/job/side_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// What of a document the language model is shown.
enum class LanguageText {
  prose,  ///< without what is the same in every language: code, addresses, tags
  plain,  ///< the text as it is
  html    ///< CLD2 alone: the text as it is, of which it passes over tags and entities itself
};

struct LanguageSpec {
  SideFile model;                  ///< a fastText model; no path: CLD2, which is built in
  std::vector<std::string> keep;   ///< language ranges (RFC 4647, section 3.3.1); empty: every language stays
  std::uint64_t min_score_ppm = 0;
  std::uint64_t min_bytes = 0;     ///< a shorter text is not guessed, and not removed
  std::uint64_t max_bytes = 4096;  ///< of the text that are looked at
  LanguageText text = LanguageText::prose;
};

}  // namespace quern
