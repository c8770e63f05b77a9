#pragma once
// Evaluation sets that must not be trained on, and what becomes of documents that hold parts of them.

#include "quern/base/job/side_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// A file of JSON lines; each line is an item.
struct EvaluationSet {
  std::string name;
  SideFile file;
  std::vector<std::string> fields;  ///< members that hold text, or lists of texts; `a.b`: the member b of the object a
  std::string id_field = "id";
};

enum class ContaminationAction {
  tag,   ///< the document stays as it is, and the report names it
  mask,  ///< the words that match are taken out
  drop   ///< the document is removed
};

struct ContaminationSpec {
  std::vector<EvaluationSet> sets;
  std::uint32_t ngram = 13;
  std::uint32_t min_words = 8;      ///< a text of an item with fewer words than `ngram` is looked for as a whole, from this many on
  std::uint32_t max_items = 100;    ///< an n-gram of more items than this tells nothing of any of them: it is not looked for
  std::uint64_t min_matches = 1;    ///< different n-grams of an item that a document must hold
  std::uint64_t min_share_ppm = 0;  ///< of the item's n-grams
  ContaminationAction action = ContaminationAction::tag;
  std::string mask_with;            ///< stands where masked words stood
};

}  // namespace quern
