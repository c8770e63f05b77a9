#pragma once
// What a job's steps have made of their lists, models and keys, once per rank: before anything is begun, so that a mistake in them costs nothing.

#include "engine/document_text.hpp"
#include "engine/setup.hpp"
#include "quern/classify/language.hpp"
#include "quern/corpus/contamination.hpp"
#include "quern/filter/chain.hpp"

#include <optional>

namespace quern {

struct DocumentRules {
  /// Throws Error{plan} for a file that cannot be used. `setup` must live as long.
  explicit DocumentRules(const Setup& setup) : text(setup.job), filters(setup.job.filter), signals(setup.signals()) {
    if (setup.job.language) language.emplace(*setup.job.language);
    if (setup.job.dedup.near && setup.job.dedup.near->quality) quality = setup.place_of(*setup.job.dedup.near->quality);
  }

  /// Collective. Rank 0 alone says what is wrong.
  static DocumentRules make(const Setup& setup, World& world);

  DocumentText text;
  std::optional<LanguageClassifier> language;
  FilterChain filters;
  SignalSet signals;
  std::optional<std::size_t> quality;                    ///< place among the signals of the one by which the best of several documents is told
  std::optional<ContaminationIndex> evaluation_sets;     ///< after make(), where the job has any
};

}  // namespace quern
