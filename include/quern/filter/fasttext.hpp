#pragma once
// The filter `fasttext`: a model's opinion of a text. docs/filters.md

#include "quern/base/job/filter.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace quern {

class FastTextModel;

/// Made once for a chain.
struct FastTextFilter {
  std::shared_ptr<const FastTextModel> model;
  std::uint32_t label = 0;  ///< number of the wanted one
  FastTextSpec spec;
};

/// Loads the model. Throws Error{plan} where that cannot be done, or when the model has no such label.
FastTextFilter prepare(const FastTextSpec& spec);

/// What the filter compares, in thousandths. A text of which the model knows no part has 0.
struct FastTextScore {
  std::uint16_t permille = 0;    ///< of the wanted label
  std::uint16_t best_other = 0;  ///< the largest of another label
};
FastTextScore fasttext_score(const FastTextFilter& filter, std::string_view text);
/// Whether such a score passes the filter.
bool passes(const FastTextSpec& spec, const FastTextScore& score) noexcept;

}  // namespace quern
