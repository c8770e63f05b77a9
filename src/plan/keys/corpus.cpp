// The keys of `repeats` and `sources`.

#include "plan/keys/keys.hpp"

namespace quern {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

const Section<RepeatSpec> kRepeat = {
    {"max_documents", count(&RepeatSpec::max_documents, 1)},
    {"min_chars", count(&RepeatSpec::min_chars, 1)},
    {"action", choice(&RepeatSpec::action, {{"remove", RepeatAction::remove}, {"mark", RepeatAction::mark}})},
    {"min_left", ratio(&RepeatSpec::min_left_ppm, 0, kMillion)},
};

const Section<RepeatsSpec> kRepeats = {
    {"lines", step(&RepeatsSpec::lines, kRepeat)},
    {"paragraphs", step(&RepeatsSpec::paragraphs, kRepeat)},
};

const Section<SourceSpec> kSource = {
    {"name", required(text(&SourceSpec::name))},
    {"weight", ratio(&SourceSpec::weight_ppm)},
    {"sample", ratio(&SourceSpec::sample_ppm, 0, kMillion)},
    {"repeat", new_key(ratio(&SourceSpec::repeat_ppm, 0, 100 * kMillion))},
    {"max_documents", count(&SourceSpec::max_documents)},
    {"max_bytes", bytes(&SourceSpec::max_bytes, 0, UINT64_MAX)},
    {"floor_documents", count(&SourceSpec::floor_documents)},
    {"floor_share", ratio(&SourceSpec::floor_share_ppm, 0, kMillion)},
};

}  // namespace

const Section<RepeatsSpec>& repeats_keys() { return kRepeats; }
const Section<SourceSpec>& source_keys() { return kSource; }

}  // namespace quern
