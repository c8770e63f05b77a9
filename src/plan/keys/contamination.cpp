// The keys of `contamination`.

#include "plan/keys/keys.hpp"

namespace quern {

namespace {

/// Words of an n-gram; a document is walked once for every length, so there are bounds.
constexpr std::uint32_t kMostWords = 64;

const Section<EvaluationSet> kSet = {
    {"name", required(text(&EvaluationSet::name))},
    {"file", required(side_file(&EvaluationSet::file))},
    {"fields", required(texts(&EvaluationSet::fields))},
    {"id_field", text(&EvaluationSet::id_field)},
};

const Section<ContaminationSpec> kContamination = {
    {"sets", required(list_of_sections(&ContaminationSpec::sets, kSet))},
    {"ngram", count(&ContaminationSpec::ngram, 2, kMostWords)},
    {"min_words", count(&ContaminationSpec::min_words, 1, kMostWords)},
    {"max_items", count(&ContaminationSpec::max_items, 1)},
    {"min_matches", count(&ContaminationSpec::min_matches, 1)},
    {"min_share", ratio(&ContaminationSpec::min_share_ppm, 0, kMillion)},
    {"action", choice(&ContaminationSpec::action, {{"tag", ContaminationAction::tag}, {"mask", ContaminationAction::mask}, {"drop", ContaminationAction::drop}})},
    {"mask_with", text(&ContaminationSpec::mask_with)},
};

}  // namespace

// Not `true`: without sets there is nothing to look for.
Kind<Job> contamination_section() { return new_step(&Job::contamination, kContamination); }

}  // namespace quern
